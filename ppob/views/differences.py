"""One difference: both sides, the sale behind it with its messages and entries, and what people do about it. A page of its
own, and the same as a sheet over the day's list."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views import View
from django_htmx.http import trigger_client_event

from core.exports import ExportableListView
from core.lists import Sort
from organization.fresh_factor import require_fresh_factor
from ppob import services
from ppob.access import PpobView
from ppob.choices import DifferenceKind, DifferenceState
from ppob.exceptions import PpobError
from ppob.explanations import explanations_for
from ppob.models import BillerDay, Difference
from ppob.reconciliation_exports import DIFFERENCES
from ppob.reconciliation_filters import UnsettledFilter
from ppob.reconciliation_forms import AdjustForm, OwnerForm, SayForm
from ppob.selectors import transactions as sales
from ppob.selectors.differences import (
    CHANGEABLE,
    UNSETTLED,
    adjustment_postings,
    counterpart_of,
    differences_visible_to,
    possible_owners,
    raw_line_of,
    sale_of,
    sides_of,
    unsettled_visible_to,
)
from ppob.views.reconciliation_day import day_url_of, with_sides

SHEET = "difference-sheet"
NOT_ADJUSTED = (DifferenceKind.CARRIED_OVER, DifferenceKind.BAD_LINE)


class DifferenceListView(PpobView, ExportableListView):
    """Of all days what is unsettled, the oldest first."""

    permission = "ppob.view_difference"
    export = DIFFERENCES
    filterset_class = UnsettledFilter
    template_name = "ppob/difference_list.html"
    rows_template = "ppob/_difference_rows.html"
    empty_template = "ppob/_difference_list_empty.html"
    sorts = (Sort(key="found", label=gettext_lazy("Found"), field="found_at"),)

    def get_queryset(self) -> QuerySet[Difference]:
        return unsettled_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = {"differences": with_sides(context["list"].rows), "shows_days": True}
        return super().get_context_data(**context) | mine


class OneDifference(PpobView):
    """Mixin: the difference that the address names, if the person may see it; else 404."""

    kwargs: dict[str, Any]

    @cached_property
    def difference(self) -> Difference:
        visible, pk = differences_visible_to(self.request.user), self.kwargs["pk"]
        return get_object_or_404(visible if pk <= sales.LARGEST_KEY else visible.none(), pk=pk)

    def page(
        self, request: Any, *, form: Form | None = None, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        """The page, or the sheet where the list asked. `form` holds what was typed and refused."""
        template = "ppob/_difference.html" if request.htmx.target == SHEET else "ppob/difference.html"
        context = {**context_of(self.difference, request.user), "form": form, "refusal": refusal}
        return render(request, template, context, status=status)


class DifferenceView(OneDifference, View):
    permission = "ppob.view_difference"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request)


class DifferenceActView(OneDifference, View):
    """Base of what a button does with a difference. What is refused stands beside what was typed, which stays."""

    permission = "ppob.change_difference"
    http_method_names = ["post"]
    form_class: type[Form] = Form
    done: Any = ""
    asks_pin = False

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        """Call the service. Raises PpobError."""
        raise NotImplementedError

    def make_form(self, request: Any) -> Form:
        return self.form_class(request.POST)

    def post(self, request: Any, pk: int) -> HttpResponse:
        _there = self.difference  # 404 before anything is said about the form
        if self.asks_pin and (page := require_fresh_factor(request)) is not None:
            return page
        form = self.make_form(request)
        if not form.is_valid():
            return self.page(request, form=form, status=422)
        try:
            self.act(request, form.cleaned_data)
        except PpobError as refused:
            return self.page(request, form=form, refusal=str(refused), status=422)
        del self.difference
        if request.htmx.target != SHEET:
            messages.success(request, str(self.done))
            return redirect("ppob:difference", pk)
        answer = self.page(request)
        trigger_client_event(answer, "gerai:toast", {"text": str(self.done), "tone": "safe"})
        return trigger_client_event(answer, "gerai:difference-changed", {"pk": pk})


class DifferenceExplainView(DifferenceActView):
    form_class = SayForm
    done = gettext_lazy("The difference is explained.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.explain_differences(
            differences=[self.difference], explanation=typed["text"], actor=request.user
        )


class DifferenceDisputeView(DifferenceActView):
    form_class = SayForm
    done = gettext_lazy("The difference is disputed with the biller.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.dispute_difference(difference=self.difference, reason=typed["text"], actor=request.user)


class DifferenceCloseView(DifferenceActView):
    form_class = SayForm
    done = gettext_lazy("The difference is closed.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.close_difference(difference=self.difference, reason=typed["text"], actor=request.user)


class DifferenceNoteView(DifferenceActView):
    form_class = SayForm
    done = gettext_lazy("The note is kept.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.note_difference(difference=self.difference, text=typed["text"], actor=request.user)


class DifferenceProposeView(DifferenceActView):
    """The first of two people."""

    form_class = AdjustForm
    done = gettext_lazy("The adjustment is proposed; somebody else approves it.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.propose_adjustment(
            difference=self.difference, reason=typed["text"], amount=typed["amount"], actor=request.user
        )


class DifferenceWithdrawView(DifferenceActView):
    done = gettext_lazy("The proposal is withdrawn.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.withdraw_adjustment(difference=self.difference, actor=request.user)


class DifferenceApproveView(DifferenceActView):
    """The second of two people: it is posted."""

    permission = "ppob.approve_difference"
    done = gettext_lazy("The adjustment is posted.")
    asks_pin = True

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.approve_adjustment(difference=self.difference, actor=request.user)


class DifferenceConfirmView(DifferenceActView):
    """A person says that the suggestion is right: both are one sale."""

    done = gettext_lazy("Both are one sale, and explained by each other.")

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        services.confirm_suggestion(difference=self.difference, actor=request.user)


class DifferenceAssignView(DifferenceActView):
    done = gettext_lazy("The difference has a new owner.")

    def make_form(self, request: Any) -> OwnerForm:
        return OwnerForm(request.POST, people=possible_owners())

    def act(self, request: Any, typed: dict[str, Any]) -> None:
        owner = {str(one.pk): one for one in possible_owners()}.get(typed["owner"])
        services.assign_differences(differences=[self.difference], owner=owner, actor=request.user)


def context_of(difference: Difference, viewer: Any) -> dict[str, Any]:
    """All that the sheet shows, each part for whoever may see it."""
    sale = sale_of(difference) if viewer.has_perm("ppob.view_transaction") else None
    sees = {name: viewer.has_perm(f"ppob.view_{name}") for name in ("message", "account")}
    day = BillerDay.objects.filter(biller=difference.biller_id, business_on=difference.business_on).first()
    is_signed = day is not None and day.signed_at is not None
    may_change = viewer.has_perm("ppob.change_difference") and not is_signed
    is_free = difference.state in CHANGEABLE and not difference.proposed_by_id
    waits = bool(difference.proposed_by_id) and difference.state != DifferenceState.ADJUSTED
    return {
        "difference": difference,
        "parts": sides_of(difference),
        "sale": sale,
        "messages_said": sales.messages_of(sale) if sale and sees["message"] else None,
        "postings": sales.postings_of(sale) if sale and sees["account"] else None,
        "adjustment": adjustment_postings(difference) if sees["account"] else None,
        "counterpart": counterpart_of(difference),
        "raw_line": raw_line_of(difference),
        "notes": difference.notes.select_related("by"),
        "explanations": explanations_for(difference.kind),
        "owner_form": OwnerForm({"owner": str(difference.owner_id or "")}, people=possible_owners()) if may_change else None,
        "day_url": day_url_of(difference),
        "is_signed": is_signed,
        "may_change": may_change,
        "may_say": may_change and is_free,
        "may_close": may_change and is_free and difference.state in (*UNSETTLED, DifferenceState.EXPLAINED),
        "may_adjust": may_change and is_free and difference.kind not in NOT_ADJUSTED,
        "may_approve": waits and not is_signed and viewer.has_perm("ppob.approve_difference"),
        "may_withdraw": waits and may_change,
        "waits": waits,
        "is_own_proposal": difference.proposed_by_id == viewer.pk,
    }  # fmt: skip
