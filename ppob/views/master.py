"""What the pages of master data have in common: a list, a thing, a form that adds or changes it, and a page that asks
before it is taken out of use."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView
from django.views.generic.base import ContextMixin

from core.exceptions import GeraiError
from core.pages import FormPage
from ppob.access import PpobView


class Noun(ContextMixin):
    """Mixin: of which noun a page is. `noun` is the address' word, `nouns` the list's name, which leads back to it."""

    noun: str
    nouns: Any
    request: Any

    @property
    def list_url(self) -> str:
        return reverse(f"ppob:{self.noun}-list")

    def url_of(self, thing: Model, act: str = "detail") -> str:
        return reverse(f"ppob:{self.noun}-{act}", args=[thing.pk])

    def get_queryset(self) -> QuerySet:
        """Those that the person may see."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = {"nouns": self.nouns, "noun_list_url": self.list_url}
        return super().get_context_data(**kwargs) | mine


class OneThing(Noun):
    """Mixin: the thing that the address names, if the person may see it; else 404."""

    kwargs: dict[str, Any]

    @cached_property
    def thing(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @cached_property
    def name(self) -> str:
        return str(self.thing.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = {"thing": self.thing, "name": self.name, "thing_url": self.url_of(self.thing)}
        return super().get_context_data(**kwargs) | mine


class MasterDetailView(Noun, PpobView, DetailView):
    """One thing; what can be done with it stands in the page's head, for whoever may."""

    context_object_name = "thing"

    def get_template_names(self) -> list[str]:
        return [f"ppob/{self.noun}_detail.html"]


class MasterFormView(Noun, PpobView, FormPage):
    """Add or change."""

    template_name = "ppob/master_form.html"


class MasterAddView(MasterFormView):
    title: Any

    def add(self, form: Any) -> Model:
        """Call the service."""
        raise NotImplementedError

    def save(self, form: Any) -> HttpResponse:
        thing = self.add(form)
        messages.success(self.request, _("%(name)s is saved.") % {"name": thing})
        return redirect(self.url_of(thing))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": self.title, "verb": _("Save"), "cancel_url": self.list_url}
        return super().get_context_data(**kwargs) | words


class MasterChangeView(OneThing, MasterFormView):
    def change(self, form: Any) -> bool:
        """Call the service; whether anything was another value."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: the form puts what was typed into it, and the page's head shows what is saved.
        return super().get_form_kwargs() | {"instance": copy(self.thing)}

    def save(self, form: Any) -> HttpResponse:
        if self.change(form):
            messages.success(self.request, _("Your changes are saved."))
        else:
            messages.info(self.request, _("Nothing was changed."))
        return redirect(self.url_of(self.thing))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": _("Change %(name)s") % {"name": self.name},
            "verb": _("Save changes"),
            "cancel_url": self.url_of(self.thing),
        }
        return super().get_context_data(**kwargs) | words


class MasterDeleteView(OneThing, PpobView, TemplateView):
    """ "Ya" or "Batal" on a page of its own: nothing is lost, and the page says what happens instead."""

    template_name = "ppob/master_delete.html"
    http_method_names = ["get", "head", "post", "options"]
    question: Any  # with %(name)s
    consequence: Any
    done: Any  # with %(name)s

    def retire(self) -> None:
        """Call the service. Raises GeraiError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        name = self.name
        try:
            self.retire()
        except GeraiError as refused:
            messages.info(request, str(refused))
        else:
            messages.success(request, str(self.done) % {"name": name})
        return redirect(self.list_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"question": str(self.question) % {"name": self.name}, "consequence": self.consequence}
        return super().get_context_data(**kwargs) | words
