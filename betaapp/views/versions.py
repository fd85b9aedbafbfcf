"""Versi Toko: what a store should run, what its computers say, what was seen on the spot; and where they differ."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from betaapp import services
from betaapp.exports import DRIFTS
from betaapp.filters import DriftFilter, StoreVersionFilter
from betaapp.forms import ConfirmVersionForm
from betaapp.models import Drift
from betaapp.selectors.versions import drifts_visible_to, facts_of, stores_with_versions, with_last_word
from core.access import PortalView
from core.exports import ExportableListView
from core.lists import KeysetListView, Sort
from core.pages import FormPage
from organization.models import Store


class StoreVersionListView(KeysetListView):
    """Which store: the row leads to what it runs."""

    permission = "betaapp.view_installedversion"
    filterset_class = StoreVersionFilter
    template_name = "betaapp/store_version_list.html"
    rows_template = "betaapp/_store_version_rows.html"
    sorts = (
        Sort(key="code", label=_("Code"), field="code"),
        Sort(key="name", label=_("Store"), field="name"),
        Sort(key="city", label=_("City"), field="city"),
    )
    columns = ("branch__code", "branch__name")

    def get_queryset(self) -> QuerySet[Store]:
        return with_last_word(stores_with_versions(self.request.user))


class OneStore:
    """Mixin: a store whose versions the person may look at; else 404."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def store(self) -> Store:
        return get_object_or_404(stores_with_versions(self.request.user), pk=self.kwargs["pk"])


class StoreVersionView(OneStore, PortalView, TemplateView):
    permission = "betaapp.view_installedversion"
    template_name = "betaapp/store_version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        store = self.store
        facts = facts_of(store, timezone.now())
        devices = {row["row"].device for fact in facts for row in fact["reported"]}
        mine = {"store": store, "facts": facts, "devices": sorted(devices, key=lambda one: one.name)}
        return super().get_context_data(**kwargs) | mine


class StoreVersionConfirmView(OneStore, PortalView, FormPage):
    permission = "betaapp.confirm_installedversion"
    template_name = "betaapp/store_version_confirm.html"
    form_class = ConfirmVersionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"store": self.store}

    def save(self, form: ConfirmVersionForm) -> HttpResponse:
        version = form.cleaned_data["version"]
        services.confirm_version(
            store=self.store,
            application=version.application,
            version=version,
            device=form.cleaned_data["device"],
            actor=self.request.user,
        )
        messages.success(
            self.request,
            _now("%(name)s %(version)s is confirmed.")
            % {"name": version.application.name, "version": version.number},
        )
        return redirect("betaapp:store-version", self.store.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("betaapp:store-version", args=[self.store.pk])
        return super().get_context_data(**kwargs) | {"store": self.store, "store_url": back}


class DriftListView(ExportableListView):
    permission = "betaapp.view_installedversion"
    export = DRIFTS
    filterset_class = DriftFilter
    template_name = "betaapp/drift_list.html"
    rows_template = "betaapp/_drift_rows.html"
    empty_template = "betaapp/_drift_empty.html"
    sorts = (Sort(key="since", label=_("Since"), field="since", descending_first=True, nullable=False),)

    def get_queryset(self) -> QuerySet[Drift]:
        return drifts_visible_to(self.request.user)
