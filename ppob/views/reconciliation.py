"""Rekonsiliasi H+1: the morning board, what is due first at its top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from core.templatetags.gerai import number
from organization.fresh_factor import require_fresh_factor
from ppob.access import PpobView
from ppob.choices import DayState
from ppob.reconciliation_forms import DAYS_SHOWN, BoardForm
from ppob.selectors.reconciliation import BoardLine, board, unsettled_by_age
from ppob.services import prepare_clean_days, sign_clean_days


@dataclass(frozen=True)
class Due:
    """Days that have to be settled by the same moment: after a weekend, three at once. None: nothing waits."""

    at: datetime | None
    lines: list[BoardLine]

    @property
    def days(self) -> list[date]:
        return sorted({line.business_on for line in self.lines})

    @property
    def is_late(self) -> bool:
        return any(line.is_late for line in self.lines)


@dataclass(frozen=True)
class Signable:
    """Clean days by what this person can do with them."""

    to_sign: list[BoardLine]
    to_prepare: list[BoardLine]
    waiting_for_others: list[BoardLine]

    @property
    def keys(self) -> list[str]:
        return [key_of(line) for line in (*self.to_sign, *self.to_prepare)]


class ReconciliationBoardView(PpobView, TemplateView):
    permission = "ppob.view_reconciliationrun"
    template_name = "ppob/reconciliation_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        viewer = self.request.user
        every = board(viewer, days=BoardForm.days_of(self.request.GET.get("days", "")))
        form = BoardForm(self.request.GET, billers=[line.biller for line in every])
        wanted = form.wanted
        lines = [line for line in every if _is_wanted(line, wanted)]
        return super().get_context_data(**kwargs) | {
            "form": form,
            "is_filtered": len(lines) < len(every),
            "dues": grouped(lines),
            "figures": {
                "waiting": sum(line.is_waiting for line in every),
                "late": sum(line.is_late for line in every),
                "missing": sum(line.state == DayState.NO_FILE for line in every),
                "unsettled": sum(line.unsettled_count for line in every),
                "proposed": sum(line.counts.proposed for line in every),
            },
            "ages": unsettled_by_age(viewer),
            "signable": signable(every, viewer) if viewer.has_perm("ppob.sign_billerday") else None,
        }


class ReconciliationSignCleanView(PpobView, View):
    """Every clean day that the board showed gets this person's signature: the second where somebody else has given the first."""

    permission = "ppob.sign_billerday"
    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        if (page := require_fresh_factor(request)) is not None:
            return page
        # The days that the question named, and of these what is clean at this moment.
        shown = set(request.POST.getlist("day"))
        found = signable(
            [line for line in board(request.user, days=DAYS_SHOWN[-1]) if key_of(line) in shown], request.user
        )
        signed = sign_clean_days(days=_days(found.to_sign), actor=request.user)
        prepared = prepare_clean_days(days=_days(found.to_prepare), actor=request.user)
        _tell(request, len(signed), len(prepared))
        return redirect("ppob:reconciliation-board")


def grouped(lines: Iterable[BoardLine]) -> list[Due]:
    """By the moment that they are due; what nobody waits for comes last, as one."""

    def due(line: BoardLine) -> datetime | None:
        return line.due_at if line.is_waiting else None

    return [Due(at, list(group)) for at, group in groupby(lines, key=due)]


def signable(lines: Iterable[BoardLine], viewer: Any) -> Signable:
    clean = [line for line in lines if line.is_clean and not line.is_signed and line.day is not None]
    prepared = [line for line in clean if line.is_prepared]
    return Signable(
        to_sign=[line for line in prepared if line.day and line.day.prepared_by_id != viewer.pk],
        to_prepare=[line for line in clean if not line.is_prepared],
        waiting_for_others=[line for line in prepared if line.day and line.day.prepared_by_id == viewer.pk],
    )


def key_of(line: BoardLine) -> str:
    """How a form names a line."""
    return f"{line.profile.biller_id}:{line.business_on.isoformat()}"


def _days(lines: list[BoardLine]) -> list[Any]:
    days = [line.day for line in lines if line.day is not None]
    for line, day in zip(lines, days, strict=True):
        day.biller = line.biller
    return days


def _is_wanted(line: BoardLine, wanted: dict[str, Any]) -> bool:
    if wanted["biller"] and line.profile.biller_id != wanted["biller"]:
        return False
    if wanted["state"] == "waiting":
        return line.is_waiting
    return not wanted["state"] or line.state == wanted["state"]


def _tell(request: HttpRequest, signed: int, prepared: int) -> None:
    if signed:
        text = ngettext("%(n)s day is signed and locked.", "%(n)s days are signed and locked.", signed)
        messages.success(request, text % {"n": number(signed)})
    if prepared:
        text = ngettext(
            "%(n)s day has your signature; somebody else gives the second.",
            "%(n)s days have your signature; somebody else gives the second.",
            prepared,
        )
        messages.success(request, text % {"n": number(prepared)})
    if not signed and not prepared:
        messages.info(request, _("No day was clean and waited for your signature."))
