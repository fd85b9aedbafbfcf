"""Pages that change something: a form whose service may refuse, beside its field and with what was typed kept."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.views.generic import FormView

from core.exceptions import GeraiError


class FormPage(FormView):
    """What a service refuses stands beside its field (`error.field`, if it has one), and what was typed stays."""

    http_method_names = ["get", "head", "post", "options"]

    def save(self, form: Any) -> HttpResponse:
        """Call the service, tell, and lead on. Raises ValidationError, GeraiError."""
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return self.save(form)
        except ValidationError as error:
            tell(form, error)
        except GeraiError as error:
            field = getattr(error, "field", None)
            form.add_error(field if field in form.fields else None, str(error))
        return self.form_invalid(form)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def tell(form: BaseForm, error: ValidationError) -> None:
    """What the service found, beside its field; a field that the form does not have speaks for the whole."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for field, texts in by_field.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, text)
