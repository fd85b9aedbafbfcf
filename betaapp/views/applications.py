"""The applications of a programme: "Tambah Aplikasi" and "Hapus"."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views import View

from betaapp import services
from betaapp.forms import TriedForm
from betaapp.models import Application, BetaProgram, ProgramApplication
from betaapp.selectors.catalogue import applications_offered
from betaapp.selectors.programs import applications_of, tried_visible_to
from betaapp.views.programs import AskingPage, BeforeItEnds, OneProgram
from core.access import PortalView
from core.pages import FormPage


class ApplicationChoicesView(OneProgram, PortalView, View):
    """What the yellow field of "Tambah Aplikasi" lists: applications that the programme does not try yet."""

    permission = "betaapp.change_betaprogram"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.GET.get("q", "").replace("\0", "")[:80]
        taken = applications_of(self.program).values("application")
        address = reverse("betaapp:program-application-add", args=[self.program.pk])
        offered = applications_offered(request.user, text).exclude(pk__in=taken)  # type: ignore[arg-type]  # an employee
        choices = [
            {"label": one.name, "code": one.code, "url": f"{address}?application={one.pk}"}
            for one in offered[:50]
        ]
        whole = not getattr(request, "htmx", False)
        context = {"choices": choices, "text": text}
        return render(request, "betaapp/choices.html" if whole else "betaapp/_choices.html", context)


class ProgramApplicationAddView(BeforeItEnds, OneProgram, PortalView, FormPage):
    permission = "betaapp.change_betaprogram"
    template_name = "betaapp/application_form.html"
    form_class = TriedForm

    @cached_property
    def chosen(self) -> Application | None:
        """What the yellow field says; nonsense is no choice."""
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        text = source.get("application", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            return None
        return applications_offered(self.request.user).filter(pk=int(text)).first()

    def get_initial(self) -> dict[str, Any]:
        return {"application": self.chosen.pk if self.chosen else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"offered": applications_offered(self.request.user), "chosen": self.chosen}
        return super().get_form_kwargs() | more

    def save(self, form: TriedForm) -> HttpResponse:
        added = services.add_application(program=self.program, actor=self.request.user, **form.cleaned_data)
        told = {"name": added.application.name, "version": added.version.number}
        messages.success(self.request, _now("%(name)s %(version)s is in the programme now.") % told)
        return redirect(self.program_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"chosen": self.chosen}


class ProgramApplicationRemoveView(BeforeItEnds, AskingPage):
    permission = "betaapp.change_betaprogram"

    @cached_property
    def tried(self) -> ProgramApplication:
        return get_object_or_404(tried_visible_to(self.request.user), pk=self.kwargs["pk"])

    @property
    def program(self) -> BetaProgram:
        return self.tried.program

    def act(self) -> str:
        name = self.tried.application.name
        services.remove_application(tried=self.tried, actor=self.request.user)
        return _now("%(name)s is removed from the programme.") % {"name": name}

    def back_url(self) -> str:
        return reverse("betaapp:program-detail", args=[self.tried.program_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tried = self.tried
        told = {"name": tried.application.name, "version": tried.version.number}
        words = {
            "program": tried.program,
            "program_url": self.back_url(),
            "question": _now("Remove %(name)s %(version)s?") % told,
            "consequence": _(
                "The programme tries it no more; where it runs, stores go back to the stable version today."
            ),
            "yes": _("Yes"),
        }
        return super().get_context_data(**kwargs) | words
