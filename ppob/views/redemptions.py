"""Penukaran poin: asked for by one person, approved by another, handed over."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from core.exports import ExportableListView
from core.lists import Sort
from ppob.access import PpobView
from ppob.exceptions import PpobError
from ppob.models import Redemption
from ppob.money_exports import REDEMPTIONS
from ppob.money_filters import RedemptionFilter
from ppob.money_forms import RedemptionForm
from ppob.selectors.redemptions import redemptions_visible_to
from ppob.services import redemptions as services


class RedemptionListView(PpobView, ExportableListView):
    permission = "ppob.view_redemption"
    filterset_class = RedemptionFilter
    export = REDEMPTIONS
    template_name = "ppob/redemption_list.html"
    rows_template = "ppob/_redemption_rows.html"
    empty_template = "ppob/_redemption_empty.html"
    sorts = (Sort(key="asked", label=gettext_lazy("Asked"), field="asked_at", descending_first=True),)

    def get_queryset(self) -> QuerySet[Redemption]:
        return redemptions_visible_to(self.request.user)


class RedemptionAddView(PpobView, FormView):
    permission = "ppob.add_redemption"
    http_method_names = ["get", "head", "post", "options"]
    template_name = "ppob/redemption_form.html"
    form_class = RedemptionForm

    def form_valid(self, form: RedemptionForm) -> HttpResponse:
        try:
            services.ask_redemption(
                agent=form.cleaned_data["agent_number"],
                reward=form.cleaned_data["reward"],
                actor=self.request.user,
            )
        except PpobError as refused:
            form.add_error("reward", str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("The redemption is asked for; somebody else approves it."))
        return redirect("ppob:redemption-list")

    def form_invalid(self, form: RedemptionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"cancel_url": reverse("ppob:redemption-list")}


class RedemptionActView(PpobView, View):
    """Base of what a row's button does; the list says how it went."""

    permission = "ppob.decide_redemption"
    http_method_names = ["post"]
    done: Any = ""

    def act(self, redemption: Redemption) -> None:
        """Call the service. Raises PpobError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        redemption = get_object_or_404(redemptions_visible_to(request.user), pk=pk)  # type: ignore[arg-type]  # behind PortalView
        try:
            self.act(redemption)
        except PpobError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(self.done))
        return redirect("ppob:redemption-list")


class RedemptionApproveView(RedemptionActView):
    done = gettext_lazy("The redemption is approved; the points are taken.")

    def act(self, redemption: Redemption) -> None:
        services.approve_redemption(redemption=redemption, actor=self.request.user)


class RedemptionRefuseView(RedemptionActView):
    done = gettext_lazy("The redemption is refused; the points stay.")

    def act(self, redemption: Redemption) -> None:
        services.refuse_redemption(redemption=redemption, actor=self.request.user)


class RedemptionHandOverView(RedemptionActView):
    done = gettext_lazy("The reward is handed over.")

    def act(self, redemption: Redemption) -> None:
        services.hand_over_reward(redemption=redemption, actor=self.request.user)
