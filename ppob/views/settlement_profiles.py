"""How each biller's file is read: adding a biller adds a profile, no code. While one types, the first lines are shown."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.exports import ExportableListView
from core.lists import Sort
from core.pages import FormPage
from ppob import services
from ppob.access import PpobView
from ppob.business_days import bounds_of, business_day
from ppob.models import Biller, SettlementProfile
from ppob.reconciliation_exports import PROFILES
from ppob.reconciliation_filters import ProfileFilter
from ppob.selectors.settlement_profiles import billers_with_profiles
from ppob.selectors.transactions import LARGEST_KEY
from ppob.settlement_forms import SettlementProfileForm
from ppob.settlement_preview import LARGEST, LINES, Preview, preview, preview_newest


class SettlementProfileListView(PpobView, ExportableListView):
    permission = "ppob.view_settlementprofile"
    export = PROFILES
    filterset_class = ProfileFilter
    template_name = "ppob/settlement_profile_list.html"
    rows_template = "ppob/_settlement_profile_rows.html"
    sorts = (
        Sort(key="code", label=gettext_lazy("Code"), field="code"),
        Sort(key="name", label=gettext_lazy("Biller"), field="name"),
    )

    def get_queryset(self) -> QuerySet[Biller]:
        return billers_with_profiles(self.request.user)


class OneProfile(PpobView):
    """Mixin: the profile of the biller that the address names, or a new one for it; 404 without such a biller."""

    kwargs: dict[str, Any]

    @cached_property
    def biller(self) -> Biller:
        billers, pk = billers_with_profiles(self.request.user), self.kwargs["pk"]
        return get_object_or_404(billers if pk <= LARGEST_KEY else billers.none(), pk=pk)

    @cached_property
    def profile(self) -> SettlementProfile:
        """The object that a form may write into; what is saved stands in the database."""
        found = SettlementProfile.objects.filter(biller=self.biller).first() or SettlementProfile()
        found.biller = self.biller
        return found


class SettlementProfileView(OneProfile, FormPage):
    """Add or change. Files that were read already stay as they were read."""

    permission = "ppob.change_settlementprofile"
    http_method_names = ["get", "head", "post", "options"]
    template_name = "ppob/settlement_profile.html"
    form_class = SettlementProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.profile}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _there = self.biller  # 404 before anything is said about the form
        return super().post(request, *args, **kwargs)

    def save(self, form: BaseForm) -> HttpResponse:
        services.save_profile(profile=self.profile, actor=self.request.user)
        messages.success(self.request, _("The settlement profile is saved."))
        return redirect("ppob:settlement-profile-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        yesterday = business_day(self.biller, timezone.now()).toordinal() - 1
        day = timezone.localdate().fromordinal(yesterday)
        start, end = bounds_of(self.biller, day)
        return context | {
            "biller": self.biller,
            "day": day,
            "day_start": start,
            "day_end": end,
            "lines": LINES,
            "preview": preview_newest(self.profile) if self.profile.pk else None,
            "cancel_url": reverse("ppob:settlement-profile-list"),
        }


class SettlementProfilePreviewView(OneProfile, View):
    """The first lines of a sample, or of the newest file, as the form stands. Nothing is saved and no file is kept."""

    permission = "ppob.change_settlementprofile"
    http_method_names = ["post"]

    def post(self, request: Any, pk: int) -> HttpResponse:
        form = SettlementProfileForm(request.POST, instance=self.profile)
        sample = request.FILES.get("sample")
        found: Preview | None = None
        if form.is_valid():
            if sample is None:
                found = preview_newest(self.profile)
            elif (sample.size or 0) > LARGEST:
                found = Preview(
                    name=sample.name,
                    refusal=_("A sample has at most %(n)d MB.") % {"n": LARGEST // 1_000_000},
                )
            else:
                found = preview(self.profile, content=sample.file, name=sample.name)
        return render(
            request, "ppob/_settlement_preview.html", {"form": form, "preview": found, "lines": LINES}
        )
