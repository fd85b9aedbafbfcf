from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from core.imports.modeladmin import ImportingAdmin
from core.modeladmin import ConstraintForm, DayInput
from organization import services
from organization.access import viewer_of
from organization.admin.acts import Act, act_on_one, act_page
from organization.admin.days import days_as_text
from organization.choices import StoreState
from organization.imports import StoreImport
from organization.models import Branch, Store, StoreBranch
from organization.scopes import scope_of, stores_within
from organization.selectors import branches_visible_to, state_of, stores_in_state

MOVES = "organization.add_storebranch"


class StoreForm(ConstraintForm):
    constraint_fields = {
        "store_closes_after_opening": "closed_on",
        "store_pause_has_a_start": "paused_until",
        "store_geofence_sane": "geofence_m",
    }


class MoveForm(forms.Form):
    """Which branch serves the stores from which day."""

    branch = forms.ModelChoiceField(
        label=_("New branch"), queryset=Branch.objects.none(), widget=UnfoldAdminSelectWidget
    )
    from_on = forms.DateField(
        label=_("From"),
        widget=DayInput,
        help_text=_("Days before stay with the branch that served the store then."),
    )

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = branches_visible_to(actor, MOVES).filter(is_active=True)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        self.fields["from_on"].initial = timezone.localdate() + timedelta(days=1)


def _move(store: Store, form: Any, actor: Any) -> None:
    services.assign_branch(store=store, actor=actor, **form.cleaned_data)


MOVE = Act(
    title=_("Move to another branch"),
    question=_("From the chosen day the new branch serves these stores; the past stays as it was."),
    verb=_("Yes, move"),
    permission=MOVES,
    carry_out=_move,
    form_class=MoveForm,
    together=True,
    at_most=1000,
)


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(StoreState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Store]) -> QuerySet[Store]:
        state = self.value() or ""
        if state not in StoreState.values:
            return queryset
        return stores_in_state(queryset, StoreState(state), timezone.localdate())


class BranchHistoryInline(TabularInline):
    """Read here; changed by moving the store, so that nobody rewrites last month."""

    model = StoreBranch
    fields = readonly_fields = ("branch", "period")
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("-days",)
    verbose_name_plural = _("Branches that served this store")

    @display(description=_("days"))
    def period(self, row: StoreBranch) -> str:
        return days_as_text(row.days)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoreBranch]:
        return super().get_queryset(request).select_related("branch")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Store)
class StoreAdmin(ImportingAdmin):
    import_kind = StoreImport
    form = StoreForm
    list_display = ("code", "name", "branch", "city", "opened", "state")
    list_display_links = ("code", "name")
    list_filter = (StateFilter, ("branch", RelatedDropdownFilter))
    list_select_related = ("branch",)
    search_fields = ("code", "name", "city")
    sortable_by = ("code", "name", "city", "opened")
    ordering = ("code",)
    autocomplete_fields = ("branch",)
    inlines = (BranchHistoryInline,)
    actions = ("move_selected",)
    actions_detail = ("move",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("company", "phone"), "branch")}),
        (
            _("Place"),
            {
                "fields": (
                    ("address", "city"),
                    ("latitude", "longitude"),
                    ("geofence_m", "is_position_verified"),
                ),
                "description": _("A visit counts when it is checked in within the radius of this position."),
            },
        ),
        (_("Visits"), {"fields": ("visits_a_month",)}),
        (
            _("Opening"),
            {
                "fields": (("opened_on", "closed_on"), ("paused_from", "paused_until")),
                "description": _(
                    "Both days of a temporary closing are included; an empty end means: not known yet."
                ),
            },
        ),
    )

    @display(description=_("opened"), ordering="opened_on")
    def opened(self, store: Store) -> str:
        return date_format(store.opened_on, "j M Y")

    @display(
        description=_("state"),
        label={
            StoreState.OPEN: "success",
            StoreState.PAUSED: "warning",
            StoreState.CLOSED: "danger",
            StoreState.COMING: "info",
        },
    )
    def state(self, store: Store) -> tuple[str, str]:
        state = state_of(store, timezone.localdate())
        return state, str(state.label)

    @action(description=_("Move to another branch"), permissions=["move"])
    def move_selected(self, request: HttpRequest, queryset: QuerySet[Store]) -> HttpResponse | None:
        return act_page(self, request, queryset, MOVE, name="move_selected")

    @action(description=_("Move to another branch"), permissions=["move"], url_path="move", icon="swap_horiz")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, MOVE, name="move")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Store]:
        scope = scope_of(viewer_of(request), "organization.view_store")
        return super().get_queryset(request).filter(stores_within(scope))

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> tuple[str, ...]:
        """The code is given once; the branch changes on a day, by "Move to another branch"."""
        return ("code", "branch") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Store | None) -> tuple[type[TabularInline], ...]:
        return self.inlines if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "branch":
            kwargs["queryset"] = branches_visible_to(viewer_of(request), "organization.add_store")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """A new store's first branch serves it from the day it opens."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if not change:
                services.assign_branch(
                    store=obj, branch=obj.branch, from_on=obj.opened_on, actor=viewer_of(request)
                )

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        """Who serves a division looks at every store; changing one takes its branch."""
        scope = scope_of(viewer_of(request), permission)
        return scope.national or obj.branch_id in scope.branch_ids or "view_" in permission

    def has_move_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MOVES)

    def view_on_site(self, obj: Store) -> str:
        return reverse("organization:store-detail", args=[obj.pk])
