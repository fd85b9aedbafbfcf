"""Hasil Beta: what a trial came to in one sentence, the numbers under it, and what is decided of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from betaapp import services
from betaapp.exceptions import NothingChanged
from betaapp.forms import ReasonForm, WaveForm
from betaapp.models import BetaProgram, ProgramApplication
from betaapp.selectors.programs import programs_decided_by, programs_visible_to, tried_decided_by
from betaapp.selectors.results import results_of
from betaapp.selectors.stores import counted_by_branch
from betaapp.services.waves import draw_wave
from betaapp.views.programs import BeforeItEnds, OneProgram
from core.access import PortalView
from core.pages import FormPage
from core.templatetags.gerai import number
from organization.models import Branch, Store
from organization.scopes import branches_within, scope_of

DECIDE = "betaapp.decide_betaprogram"


class ResultPageView(PortalView, TemplateView):
    """The page before a programme is chosen."""

    permission = "betaapp.view_betaprogram"
    template_name = "betaapp/result.html"


class ProgramResultView(OneProgram, PortalView, TemplateView):
    permission = "betaapp.view_betaprogram"
    template_name = "betaapp/result.html"

    def programs(self) -> QuerySet[BetaProgram]:
        return programs_visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, program = self.request.user, self.program
        may_decide = program.state == "running" and user.has_perm(DECIDE)
        context = {
            "results": results_of(program),
            "may_decide": may_decide and programs_decided_by(user).filter(pk=program.pk).exists(),
            "was_chosen": "chosen" in self.request.GET,
        }
        return super().get_context_data(**kwargs) | context


class _Deciding(BeforeItEnds, PortalView, FormPage):
    permission = DECIDE
    template_name = "betaapp/ask.html"
    form_class = ReasonForm

    @cached_property
    def tried(self) -> ProgramApplication:
        return get_object_or_404(tried_decided_by(self.request.user), pk=self.kwargs["pk"])

    @property
    def program(self) -> BetaProgram:
        return self.tried.program

    @property
    def back_url(self) -> str:
        return reverse("betaapp:program-result", args=[self.tried.program_id])

    def told(self) -> dict[str, str]:
        return {"name": self.tried.application.name, "version": self.tried.version.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = {"program": self.tried.program, "program_url": self.back_url, "back_url": self.back_url}
        return super().get_context_data(**kwargs) | mine


class TriedPromoteView(_Deciding):
    def save(self, form: ReasonForm) -> HttpResponse:
        services.promote(tried=self.tried, reason=form.cleaned_data["reason"], actor=self.request.user)
        messages.success(self.request, _now("%(name)s %(version)s is the stable version now.") % self.told())
        return redirect(self.back_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "question": _now("Make %(name)s %(version)s stable?") % self.told(),
            "consequence": _("From now on this is the version of every store that tries no other one."),
            "yes": _("Yes, make stable"),
        }
        return super().get_context_data(**kwargs) | words


class TriedStopView(_Deciding):
    def save(self, form: ReasonForm) -> HttpResponse:
        services.stop(tried=self.tried, reason=form.cleaned_data["reason"], actor=self.request.user)
        messages.success(
            self.request, _now("%(name)s %(version)s is stopped; its stores go back.") % self.told()
        )
        return redirect(self.back_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "question": _now("Stop %(name)s %(version)s?") % self.told(),
            "consequence": _(
                "Its stores go back to the stable version today. What they ran until now stays on record."
            ),
            "yes": _("Yes, stop it"),
            "is_dangerous": True,
        }
        return super().get_context_data(**kwargs) | words


class ProgramWaveView(BeforeItEnds, OneProgram, PortalView, FormPage):
    """More stores: how many, then which ones and "Ya"."""

    permission = DECIDE
    template_name = "betaapp/wave.html"
    form_class = WaveForm

    def programs(self) -> QuerySet[BetaProgram]:
        return programs_decided_by(self.request.user)

    @property
    def result_url(self) -> str:
        return reverse("betaapp:program-result", args=[self.program.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        within = branches_within(scope_of(self.request.user, DECIDE))
        with_stores = Exists(Store.objects.filter(branch=OuterRef("pk")))  # not the head office
        return super().get_form_kwargs() | {
            "branches": Branch.objects.filter(within, with_stores).order_by("code")
        }

    def save(self, form: WaveForm) -> HttpResponse:
        chosen = {
            "percent": form.cleaned_data["percent"],
            "branches": [one.pk for one in form.cleaned_data["branches"]],
        }
        wave = draw_wave(self.program, actor=self.request.user, **chosen)
        if not wave:
            raise NothingChanged(_now("No store is left to join."))
        if "confirmed" not in self.request.POST:
            return self._ask(form, wave)
        revision = self.request.POST.get("revision", "")
        services.widen(
            program=self.program,
            stores=wave,
            revision=int(revision)
            if revision.isascii() and revision.isdigit() and len(revision) < 10
            else -1,
            actor=self.request.user,
        )
        joined = ngettext("%(n)s store joins.", "%(n)s stores join.", len(wave))
        messages.success(self.request, joined % {"n": number(len(wave))})
        return redirect(self.result_url)

    def _ask(self, form: WaveForm, wave: set[int]) -> HttpResponse:
        context = {
            "form": form,
            "wave": wave,
            "branches": counted_by_branch(wave, ()),
            "revision": self.program.revision,
        }
        return render(self.request, "betaapp/wave_confirm.html", self.get_context_data(**context))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"result_url": self.result_url}
