"""The page "Beta-app": a programme is chosen in the yellow field, and the page shows all of it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from betaapp import services
from betaapp.exceptions import ChangedMeanwhile
from betaapp.exports import PROGRAMS, with_counts
from betaapp.filters import ProgramFilter
from betaapp.forms import ProgramForm, ReasonForm
from betaapp.models import BetaProgram
from betaapp.selectors.programs import (
    applications_of,
    enrolled_counts,
    face_of,
    last_changes_of,
    programs_kept_by,
    programs_offered,
    programs_visible_to,
)
from core.access import PortalView
from core.exceptions import GeraiError
from core.exports import ExportableListView
from core.lists import Sort
from core.pages import FormPage

# Where the choice of a programme leads to, by the page that asks for it.
LEADS_TO = {
    "program": "betaapp:program-detail",
    "stores": "betaapp:program-stores",
    "result": "betaapp:program-result",
}


class ProgramChoicesView(PortalView, View):
    """What the yellow field lists, narrowed by what is typed: a fragment, and a page of its own without JavaScript."""

    permission = "betaapp.view_betaprogram"

    def get(self, request: HttpRequest) -> HttpResponse:
        target = LEADS_TO.get(request.GET.get("for", ""), LEADS_TO["program"])
        text = request.GET.get("q", "").replace("\0", "")[:80]
        choices = [
            {"label": one.name, "note": one, "url": f"{reverse(target, args=[one.pk])}?chosen=1"}
            for one in programs_offered(request.user, text)  # type: ignore[arg-type]  # PortalView lets nobody else in
        ]
        context = {"choices": choices, "text": text, "for": request.GET.get("for", "")}
        whole = not getattr(request, "htmx", False)
        return render(request, "betaapp/choices.html" if whole else "betaapp/_choices.html", context)


class OneProgram:
    """Mixin: the programme that the address names, if `kept_only` allows the person more than to look; else 404."""

    request: Any
    kwargs: dict[str, Any]
    keeping = "betaapp.change_betaprogram"

    def programs(self) -> QuerySet[BetaProgram]:
        return programs_kept_by(self.request.user, self.keeping)

    @cached_property
    def program(self) -> BetaProgram:
        return get_object_or_404(self.programs(), pk=self.kwargs["pk"])

    @property
    def program_url(self) -> str:
        return reverse("betaapp:program-detail", args=[self.program.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = {"program": self.program, "program_url": self.program_url}
        return super().get_context_data(**kwargs) | mine  # type: ignore[misc]  # the view behind the mixin


class BeforeItEnds:
    """Mixin: the page of an act leads away from a programme that has ended. Its service refuses it all the same."""

    program: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.program.state == "ended":
            messages.info(request, _now("This programme has ended and stays as it was."))
            return redirect("betaapp:program-detail", self.program.pk)
        return super().get(request, *args, **kwargs)  # type: ignore[misc]  # the view behind the mixin


class ProgramPageView(PortalView, TemplateView):
    """The page before a programme is chosen."""

    permission = "betaapp.view_betaprogram"
    template_name = "betaapp/program.html"


class ProgramDetailView(OneProgram, PortalView, TemplateView):
    """A programme: its days, who made it, its applications, its stores and what changed last."""

    permission = "betaapp.view_betaprogram"
    template_name = "betaapp/program.html"

    def programs(self) -> QuerySet[BetaProgram]:
        return programs_visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        program, today = self.program, timezone.localdate()
        user = self.request.user
        may_change = user.has_perm("betaapp.change_betaprogram") and program.state != "ended"
        context = {
            "applications": list(applications_of(program)),
            "store_count": enrolled_counts([program], today).get(program.pk, 0),
            "changes": last_changes_of(program),
            "may_change": may_change and programs_kept_by(user).filter(pk=program.pk).exists(),
            "was_chosen": "chosen" in self.request.GET,
            "today": today,
        }
        return super().get_context_data(**kwargs) | context


class ProgramListView(ExportableListView):
    permission = "betaapp.view_betaprogram"
    export = PROGRAMS
    filterset_class = ProgramFilter
    template_name = "betaapp/program_list.html"
    rows_template = "betaapp/_program_rows.html"
    sorts = (
        Sort(key="first", label=_("First day"), field="first_on", descending_first=True),
        Sort(key="name", label=_("Programme"), field="name"),
    )

    def get_queryset(self) -> QuerySet[BetaProgram]:
        return programs_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        with_counts(context["list"].rows)
        return super().get_context_data(**context)


class ProgramAddView(PortalView, FormPage):
    permission = "betaapp.add_betaprogram"
    template_name = "betaapp/program_form.html"
    form_class = ProgramForm

    def save(self, form: ProgramForm) -> HttpResponse:
        program = services.make_program(actor=self.request.user, **form.told())
        messages.success(self.request, _now("Beta programme “%(name)s” is saved.") % {"name": program})
        return redirect("betaapp:program-detail", program.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": _("Add a beta programme"),
            "verb": _("Save"),
            "cancel_url": reverse("betaapp:program"),
        }
        return super().get_context_data(**kwargs) | words


class ProgramChangeView(BeforeItEnds, OneProgram, PortalView, FormPage):
    permission = "betaapp.change_betaprogram"
    template_name = "betaapp/program_form.html"
    form_class = ProgramForm

    def get_initial(self) -> dict[str, Any]:
        shown = {name: getattr(self.program, name) for name in ProgramForm.TOLD}
        return shown | {"seen": face_of(self.program)}

    def save(self, form: ProgramForm) -> HttpResponse:
        seen = form.cleaned_data["seen"] or None
        try:
            changed = services.change_program(
                program=self.program, new=form.told(), actor=self.request.user, seen=seen
            )
        except ChangedMeanwhile as refused:
            # What was typed stays; whoever saves it again has seen the other's.
            form.data = {**form.data.dict(), "seen": face_of(refused.program)}  # type: ignore[attr-defined]  # a QueryDict
            raise
        if changed:
            messages.success(self.request, _now("Your changes are saved."))
        else:
            messages.info(self.request, _now("You have made no change yet."))
        return redirect(self.program_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": _("Change the beta programme"),
            "verb": _("Save changes"),
            "cancel_url": self.program_url,
        }
        return super().get_context_data(**kwargs) | words


class AskingPage(PortalView, TemplateView):
    """ "Ya" or "Batal" on a page of its own, which says what will happen."""

    template_name = "betaapp/ask.html"
    http_method_names = ["get", "head", "post", "options"]
    yes: Any = _("Yes")
    is_dangerous = True

    def act(self) -> str:
        """Call the service; what is said of it. Raises GeraiError."""
        raise NotImplementedError

    def back_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except GeraiError as refused:
            messages.error(request, str(refused))
        return redirect(self.back_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"back_url": self.back_url(), "yes": self.yes, "is_dangerous": self.is_dangerous}
        return super().get_context_data(**kwargs) | words


class ProgramStartView(BeforeItEnds, OneProgram, AskingPage):
    permission = "betaapp.change_betaprogram"
    is_dangerous = False
    yes = _("Yes, start")

    def act(self) -> str:
        services.start_program(program=self.program, actor=self.request.user)
        return _now("“%(name)s” is running now.") % {"name": self.program}

    def back_url(self) -> str:
        return self.program_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stores = enrolled_counts([self.program], timezone.localdate()).get(self.program.pk, 0)
        words = {
            "question": _now("Start “%(name)s”?") % {"name": self.program},
            "consequence": _now("%(n)s stores get the versions of this programme from its first day on.")
            % {"n": f"{stores:n}"},
        }
        return super().get_context_data(**kwargs) | words


class ProgramEndView(BeforeItEnds, OneProgram, PortalView, FormPage):
    permission = "betaapp.change_betaprogram"
    template_name = "betaapp/ask.html"
    form_class = ReasonForm

    def save(self, form: ReasonForm) -> HttpResponse:
        services.end_program(
            program=self.program, reason=form.cleaned_data["reason"], actor=self.request.user
        )
        messages.success(self.request, _now("“%(name)s” has ended.") % {"name": self.program})
        return redirect(self.program_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "question": _now("End “%(name)s”?") % {"name": self.program},
            "consequence": _now(
                "Its stores go back to the stable versions today. It cannot be started again."
            ),
            "yes": _("Yes, end it"),
            "is_dangerous": True,
            "back_url": self.program_url,
        }
        return super().get_context_data(**kwargs) | words
