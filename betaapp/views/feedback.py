"""Umpan Balik: what stores think of what they try."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from betaapp import problems, services
from betaapp.exceptions import BetaError
from betaapp.exports import FEEDBACK
from betaapp.filters import FeedbackFilter
from betaapp.forms import FeedbackForm
from betaapp.models import Feedback
from betaapp.selectors.feedback import feedback_visible_to, trials_at
from core.access import ANY_EMPLOYEE, PortalView
from core.exports import ExportableListView
from core.lists import Sort
from core.pages import FormPage


class FeedbackListView(ExportableListView):
    """One's own and one's store's for everybody; for a role that may read more, that."""

    permission = ANY_EMPLOYEE
    export = FEEDBACK
    filterset_class = FeedbackFilter
    template_name = "betaapp/feedback_list.html"
    rows_template = "betaapp/_feedback_rows.html"
    empty_template = "betaapp/_feedback_empty.html"
    sorts = (Sort(key="made", label=_("Written"), field="made_at", descending_first=True),)

    def get_queryset(self) -> QuerySet[Feedback]:
        return feedback_visible_to(self.request.user)


class FeedbackAddView(PortalView, FormPage):
    permission = ANY_EMPLOYEE
    template_name = "betaapp/feedback_form.html"
    form_class = FeedbackForm

    @cached_property
    def trials(self) -> Any:
        store = self.request.user.store
        return trials_at(store) if store else trials_at(None).none()  # type: ignore[arg-type]  # nobody's

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"trials": self.trials}

    def get_initial(self) -> dict[str, Any]:
        """Where there is one thing to speak of, it is chosen."""
        only = list(self.trials[:2])
        return {"trial": only[0].pk} if len(only) == 1 else {}

    def save(self, form: FeedbackForm) -> HttpResponse:
        store = self.request.user.store
        services.give_feedback(store=store, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, _now("Thank you. Your feedback is saved."))
        return redirect("betaapp:feedback-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_trials": bool(self.trials)}


class OneFeedback:
    """Mixin: feedback that the person may read; else 404."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def feedback(self) -> Feedback:
        return get_object_or_404(feedback_visible_to(self.request.user), pk=self.kwargs["pk"])


class FeedbackDetailView(OneFeedback, PortalView, TemplateView):
    permission = ANY_EMPLOYEE
    template_name = "betaapp/feedback_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_open = problems.desk() is not None and self.request.user.has_perm("betaapp.change_feedback")
        mine = {"feedback": self.feedback, "may_open_problem": may_open and not self.feedback.problem_url}
        return super().get_context_data(**kwargs) | mine


class FeedbackPictureView(OneFeedback, PortalView, View):
    """The picture, to whoever may read the words; never shown as a page of its own."""

    permission = ANY_EMPLOYEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            file = self.feedback.picture.open("rb")
        except (ValueError, FileNotFoundError):
            raise Http404 from None
        response = FileResponse(
            file, as_attachment=True, filename=f"feedback-{pk}.jpg", content_type="image/jpeg"
        )
        response["Content-Security-Policy"] = (
            "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
        )
        return response


class FeedbackProblemView(OneFeedback, PortalView, View):
    """One click makes it a problem at the helpdesk; without a helpdesk nothing leads here."""

    permission = "betaapp.change_feedback"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if problems.desk() is None:
            raise Http404
        try:
            return redirect(services.open_problem(feedback=self.feedback, actor=request.user))  # type: ignore[arg-type]  # an employee
        except BetaError as refused:
            messages.error(request, str(refused))
            return redirect(reverse("betaapp:feedback-detail", args=[self.feedback.pk]))
