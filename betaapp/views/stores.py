"""The page "Beta-app Store": which stores take part. Nothing is saved before its difference was shown and "Ya" was said."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.views import View
from django.views.generic import TemplateView

from betaapp import services
from betaapp.exceptions import BetaError, ForeignStore, NothingChanged, SavedMeanwhile
from betaapp.models import BetaProgram
from betaapp.proposals import Proposal, packed, propose, settle
from betaapp.selectors.programs import applications_of
from betaapp.selectors.stores import (
    BranchBox,
    branch_boxes,
    open_stores,
    stores_by_code,
    stores_of_branch,
    stores_offered,
)
from betaapp.services.trials import conflicts_of
from betaapp.store_forms import BoxesForm, CodesForm, ConfirmForm, TicksForm
from betaapp.views.programs import OneProgram
from core.access import PortalView

PERMISSION = "betaapp.enroll_store"


class StoresPageView(PortalView, TemplateView):
    """The page before a programme is chosen."""

    permission = PERMISSION
    template_name = "betaapp/stores.html"


class _Choosing(OneProgram, PortalView):
    permission = PERMISSION
    keeping = PERMISSION

    @property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def boxes(self) -> list[BranchBox]:
        return branch_boxes(self.request.user, self.program, self.today)

    def url(self, branch: int | None = None) -> str:
        address = reverse("betaapp:program-stores", args=[self.program.pk])
        return f"{address}?branch={branch}" if branch else address


class BranchChoicesView(_Choosing, View):
    """What the branch field lists, narrowed by what is typed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.GET.get("q", "").replace("\0", "")[:80]
        words = text.lower().split()
        choices = [
            {
                "code": box.branch.code,
                "label": box.branch.name,
                "url": self.url(box.branch.pk),
                "counts": box,
            }
            for box in self.boxes
            if all(word in f"{box.branch.code} {box.branch.name} {box.branch.city}".lower() for word in words)
        ]
        whole = not getattr(request, "htmx", False)
        context = {"choices": choices, "text": text}
        return render(request, "betaapp/choices.html" if whole else "betaapp/_choices.html", context)


class ProgramStoresView(_Choosing, View):
    http_method_names = ["get", "head", "post", "options"]
    # What the two forms without checkboxes of their own stores sent, for "Batal".
    kept: Mapping[str, str] = {}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        branch = _key(request.GET.get("branch", ""))
        return self.page(branch=branch)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Three forms ask with their difference; the page that asked sends `confirmed` or `back`."""
        if "confirmed" in request.POST or "back" in request.POST:
            return self._answer(ConfirmForm(request.POST))
        try:
            proposal, branch = self._proposal()
        except ForeignStore as refused:
            messages.error(request, str(refused))
            return self.page(branch=None, status=422)
        if proposal is None:
            return self.page(branch=branch, status=422)
        if proposal.is_empty and not (proposal.conflicts or proposal.unknown or proposal.closed):
            messages.info(request, str(NothingChanged.default))
            return redirect(self.url(branch))
        return self.ask(proposal, branch=branch)

    def _proposal(self) -> tuple[Proposal | None, int | None]:
        """The difference that one of the three forms means; None for a form that makes no sense. Raises ForeignStore."""
        post = self.request.POST
        if "ticks" in post:
            return self._of_ticks(TicksForm(post))
        if "boxes" in post:
            return self._of_boxes(BoxesForm(post))
        self.codes_form = CodesForm(post, self.request.FILES)
        return self._of_codes(self.codes_form)

    def _of_ticks(self, form: TicksForm) -> tuple[Proposal | None, int | None]:
        if not form.is_valid():
            self._say(form)
            return None, _key(self.request.POST.get("branch", ""))
        branch, wanted = form.cleaned_data["branch"], form.wanted()
        here = stores_of_branch(self.request.user, self.program, branch, self.today)
        among = set(here.order_by().values_list("pk", flat=True))
        if not wanted <= among:
            raise ForeignStore
        return self._propose(wanted, among, form), branch

    def _of_boxes(self, form: BoxesForm) -> tuple[Proposal | None, None]:
        if not form.is_valid():
            self._say(form)
            return None, None
        whole, empty = form.chosen("whole"), form.chosen("empty")
        # A box that was full and is no longer ticked is emptied; one that was neither is left alone.
        emptied = {
            box.branch.pk
            for box in self.boxes
            if box.branch.pk not in whole and (box.state == "all" or box.branch.pk in empty)
        }
        self.kept = {"whole": packed(whole), "empty": packed(emptied)}
        if not whole <= {box.branch.pk for box in self.boxes}:
            raise ForeignStore
        offered = open_stores(stores_offered(self.request.user), self.today).order_by()
        rows = dict(offered.filter(branch__in=whole | emptied).values_list("pk", "branch"))
        wanted = {store for store, branch in rows.items() if branch in whole}
        return self._propose(wanted, set(rows), form), None

    def _of_codes(self, form: CodesForm) -> tuple[Proposal | None, None]:
        if not form.is_valid():
            return None, None
        named = stores_by_code(self.request.user, form.listing.codes, self.today)
        stores, how = set(named.stores), form.cleaned_data["how"]
        self.kept = {"codes": "\n".join(form.listing.codes), "how": how}
        among = stores
        if how == "exactly":
            among = stores | set(stores_offered(self.request.user).order_by().values_list("pk", flat=True))
        wanted = set() if how == "remove" else stores
        return self._propose(wanted, among, form, unknown=named.unknown, closed=named.closed), None

    def _propose(self, wanted: set[int], among: set[int], form: Any, **more: Any) -> Proposal:
        revision = form.cleaned_data["revision"]
        return propose(self.program, wanted=wanted, among=among, revision=revision, today=self.today, **more)

    def _answer(self, form: ConfirmForm) -> HttpResponse:
        if not form.is_valid():
            self._say(form)
            return self.page(branch=None, status=422)
        sent = form.cleaned_data
        branch = sent["branch"]
        self.kept = form.kept()
        if "back" in self.request.POST:
            return self._fill_in_again(sent)
        try:
            services.change_stores(
                program=self.program,
                add=sent["add"],
                remove=sent["remove"],
                revision=sent["revision"],
                actor=self.request.user,
            )
        except NothingChanged as nothing:
            messages.info(self.request, str(nothing))
            return redirect(self.url(branch))
        except SavedMeanwhile:
            proposal = settle(
                self.program,
                add=sent["add"],
                remove=sent["remove"],
                revision=sent["revision"],
                today=self.today,
            )
            return self.ask(proposal, branch=branch)
        except BetaError as refused:
            messages.error(self.request, str(refused))
            return self.page(branch=branch, status=422)
        messages.success(self.request, _now("The list of stores is updated."))
        return redirect(self.url(branch))

    def _fill_in_again(self, sent: dict[str, Any]) -> HttpResponse:
        """The page as it was before it asked."""
        for box in self.boxes:
            if box.branch.pk in sent["whole"] | sent["empty"]:
                box.is_wanted = box.branch.pk in sent["whole"]
        if sent["codes"]:
            known = {"revision": self.program.revision, "codes": sent["codes"], "how": sent["how"]}
            self.codes_form = CodesForm(initial=known)
        return self.page(branch=sent["branch"], wish=(sent["add"], sent["remove"]))

    def ask(self, proposal: Proposal, *, branch: int | None) -> HttpResponse:
        """The difference, and "Ya" or "Batal"; what was saved meanwhile stands above it."""
        program = BetaProgram.objects.get(pk=self.program.pk)  # its revision of now, which this page knows
        context = {
            "program": program,
            "program_url": self.program_url,
            "stores_url": self.url(),
            "proposal": proposal,
            "branch": branch or "",
            "kept": self.kept,
            "add": packed(proposal.added),
            "remove": packed(proposal.removed),
            "back_url": self.url(branch),
        }
        status = 409 if proposal.changes else 200
        return render(self.request, "betaapp/stores_confirm.html", context, status=status)

    def page(
        self,
        *,
        branch: int | None,
        wish: tuple[set[int], set[int]] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        box = next((one for one in self.boxes if one.branch.pk == branch), None)
        stores: list[Any] = []
        conflicts: dict[str, str] = {}
        if box:
            stores = list(stores_of_branch(self.request.user, self.program, box.branch.pk, self.today))
            conflicts = conflicts_of(self.program, today=self.today, stores=[one.pk for one in stores])
            add, remove = wish or (set(), set())
            for store in stores:
                store.is_ticked = (store.is_enrolled or store.pk in add) and store.pk not in remove
                store.conflict = conflicts.get(store.code, "")
        context = {
            "program": self.program,
            "program_url": self.program_url,
            "applications": list(applications_of(self.program)),
            "boxes": self.boxes,
            "box": box,
            "stores": stores,
            "enrolled": sum(one.enrolled for one in self.boxes),
            "has_ended": self.program.state == "ended",
            "was_chosen": "chosen" in self.request.GET,
            "codes_form": getattr(self, "codes_form", None)
            or CodesForm(initial={"revision": self.program.revision, "how": "add"}),
        }
        return render(self.request, "betaapp/stores.html", context, status=status)

    def _say(self, form: Any) -> None:
        for errors in form.errors.values():
            for error in errors:
                messages.error(self.request, error)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
