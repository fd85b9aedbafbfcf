"""Top-ups: announced, matched with the bank, posted; and the bank's lines beside them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from core.exports import ExportableListView
from core.lists import Sort
from core.templatetags.gerai import number
from organization.fresh_factor import require_fresh_factor
from ppob.access import PpobView
from ppob.choices import TopUpState
from ppob.exceptions import PpobError
from ppob.models import BankLine, TopUp
from ppob.money_exports import BANK_LINES, TOPUPS
from ppob.money_filters import BankLineFilter, TopUpFilter
from ppob.money_forms import TopUpForm
from ppob.selectors.topups import (
    bank_lines_visible_to,
    candidates_for,
    matched_topups,
    topups_visible_to,
)
from ppob.services import topups as services

# As many as one click posts: each is a transaction of its own, and a request should not last.
AT_ONCE = 200


class TopUpListView(PpobView, ExportableListView):
    permission = "ppob.view_topup"
    export = TOPUPS
    filterset_class = TopUpFilter
    template_name = "ppob/topup_list.html"
    rows_template = "ppob/_topup_rows.html"
    empty_template = "ppob/_topup_empty.html"
    sorts = (
        Sort(key="asked", label=gettext_lazy("Asked"), field="asked_at", descending_first=True),
        Sort(key="amount", label=gettext_lazy("Amount"), field="amount", descending_first=True, numeric=True),
        Sort(key="reference", label=gettext_lazy("Reference"), field="reference"),
    )

    def get_queryset(self) -> QuerySet[TopUp]:
        return topups_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        matched = 0
        if self.request.user.has_perm("ppob.topup_account"):
            matched = matched_topups(self.request.user).order_by()[: AT_ONCE + 1].count()
        return super().get_context_data(**context) | {
            "matched": min(matched, AT_ONCE),
            "more_matched": matched > AT_ONCE,
        }


class TopUpAddView(PpobView, FormView):
    permission = "ppob.add_topup"
    http_method_names = ["get", "head", "post", "options"]
    template_name = "ppob/topup_form.html"
    form_class = TopUpForm

    def form_valid(self, form: Any) -> HttpResponse:
        wanted = {name: form.cleaned_data[name] for name in ("agent", "biller", "amount", "reference")}
        try:
            topup = services.add_topup(**wanted, actor=self.request.user)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                known = field if field in form.fields else None
                form.add_error(known if field != NON_FIELD_ERRORS else None, texts)
        except PpobError as refused:
            form.add_error(getattr(refused, "field", None), str(refused))
        else:
            messages.success(self.request, _("Top-up %(name)s is saved.") % {"name": topup.reference})
            return redirect("ppob:topup", topup.pk)
        return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"cancel_url": reverse("ppob:topup-list")}


class OneTopUp(PpobView):
    """Mixin: the top-up that the address names, if the person may see it; else 404."""

    kwargs: dict[str, Any]

    @cached_property
    def topup(self) -> TopUp:
        return get_object_or_404(topups_visible_to(self.request.user), pk=self.kwargs["pk"])


class TopUpView(OneTopUp, TemplateView):
    permission = "ppob.view_topup"
    template_name = "ppob/topup.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topup = self.topup
        context: dict[str, Any] = {"topup": topup, "owner": topup.agent or topup.biller}
        if topup.agent:
            context["virtual_accounts"] = topup.agent.virtual_accounts.filter(is_active=True).order_by("bank")
        if topup.state == TopUpState.WAITING and self.request.user.has_perm("ppob.view_bankline"):
            context["candidates"] = candidates_for(topup)
        return super().get_context_data(**kwargs) | context


class TopUpActView(OneTopUp, View):
    """Base of what a button does; the top-up's page says how it went."""

    http_method_names = ["post"]
    done: Any = ""
    asks_pin = False

    def act(self, request: Any) -> None:
        """Call the service. Raises PpobError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        topup = self.topup
        if self.asks_pin and (page := require_fresh_factor(request)) is not None:
            return page
        try:
            self.act(request)
        except PpobError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(self.done))
        return redirect("ppob:topup", topup.pk)


class TopUpMatchView(TopUpActView):
    """A person says which of the bank's lines it is."""

    permission = "ppob.add_bankline"
    done = gettext_lazy("The top-up is matched with the bank's line.")

    def act(self, request: Any) -> None:
        line = get_object_or_404(bank_lines_visible_to(request.user), pk=_key(request.POST.get("line", "")))
        services.pick_line(topup=self.topup, line=line, actor=request.user)


class TopUpReleaseView(TopUpActView):
    permission = "ppob.add_bankline"
    done = gettext_lazy("The bank's line is free again.")

    def act(self, request: Any) -> None:
        services.release_line(topup=self.topup, actor=request.user)


class TopUpPostView(TopUpActView):
    permission = "ppob.topup_account"
    done = gettext_lazy("The top-up is posted.")
    asks_pin = True

    def act(self, request: Any) -> None:
        services.post_topup(topup=self.topup, actor=request.user)


class TopUpCancelView(TopUpActView):
    permission = "ppob.change_topup"
    done = gettext_lazy("The top-up is cancelled.")

    def act(self, request: Any) -> None:
        services.cancel_topup(topup=self.topup, actor=request.user)


class TopUpPostMatchedView(PpobView, View):
    """All that are matched, each for itself: one that is refused holds up no other."""

    permission = "ppob.topup_account"
    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        if (page := require_fresh_factor(request)) is not None:
            return page
        waiting = list(matched_topups(request.user)[:AT_ONCE])
        posted, refused = services.post_matched(topups=waiting, actor=request.user)
        if posted:
            text = ngettext("%(n)s top-up is posted.", "%(n)s top-ups are posted.", posted)
            messages.success(request, text % {"n": number(posted)})
        for topup, error in refused[:3]:
            messages.error(request, f"{topup.reference}: {error}")
        if not waiting:
            messages.info(request, _("No top-up waits to be posted."))
        return redirect("ppob:topup-list")


class BankLineListView(PpobView, ExportableListView):
    """What the bank said, and which top-up each line is."""

    permission = "ppob.view_bankline"
    filterset_class = BankLineFilter
    export = BANK_LINES
    template_name = "ppob/bank_line_list.html"
    rows_template = "ppob/_bank_line_rows.html"
    empty_template = "ppob/_bank_line_empty.html"
    sorts = (
        Sort(key="booked", label=gettext_lazy("Booked"), field="booked_on", descending_first=True),
        Sort(key="amount", label=gettext_lazy("Amount"), field="amount", descending_first=True, numeric=True),
    )

    def get_queryset(self) -> QuerySet[BankLine]:
        return bank_lines_visible_to(self.request.user)


def _key(text: str) -> int:
    """Of the form's own; what is none finds nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
