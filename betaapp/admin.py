"""Applications and their versions: the catalogue that programmes choose from."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from betaapp import services
from betaapp.models import Application, StoreToken, Version
from betaapp.selectors.catalogue import with_stable_mark
from core.modeladmin import GeraiModelAdmin
from organization.access import viewer_of
from organization.admin.acts import Act, act_page
from organization.models import Division, Employee
from organization.scopes import Scope, scope_of


class CatalogueAdmin(GeraiModelAdmin):
    """Read by whoever may; kept by those whose role reaches the division that makes the application."""

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        if permission.startswith("betaapp.view_"):
            return True
        return _within(scope_of(viewer_of(request), permission), self.owner_of(obj))

    def owner_of(self, obj: Any) -> int:
        raise NotImplementedError


def _within(scope: Scope, division: int) -> bool:
    return scope.national or division in scope.division_ids


@admin.register(Application)
class ApplicationAdmin(CatalogueAdmin):
    list_display = ("code", "name", "division", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("is_active",)
    list_select_related = ("division",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fieldsets = ((None, {"fields": (("code", "name"), "division", "description", "is_active")}),)

    def owner_of(self, obj: Application) -> int:
        return obj.division_id

    def get_readonly_fields(self, request: HttpRequest, obj: Application | None = None) -> tuple[str, ...]:
        """Stores' computers name the application by its code; it is given once."""
        return ("code",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The divisions that the person's role reaches; a short list that needs no right to see all of them."""
        scope = scope_of(viewer_of(request), "betaapp.change_application")
        divisions = Division.objects.order_by("code")
        kwargs["queryset"] = divisions if scope.national else divisions.filter(pk__in=scope.division_ids)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class StableForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where the stores go back to an older version."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, actor: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _make_stable(version: Version, form: Any, actor: Any) -> None:
    services.make_stable(version=version, reason=form.cleaned_data["reason"], actor=actor)


MAKE_STABLE = Act(
    title=_("Make stable"),
    question=_("From now on this is the version of every store that tries no other one."),
    verb=_("Yes, make stable"),
    permission="betaapp.change_version",
    carry_out=_make_stable,
    form_class=StableForm,
    at_most=1,
)


@admin.register(Version)
class VersionAdmin(CatalogueAdmin):
    list_display = ("number", "application", "released_on", "stable_label")
    list_filter = ("application",)
    list_select_related = ("application",)
    search_fields = ("number", "application__code", "application__name")
    ordering = ("-released_on", "-id")
    fieldsets = ((None, {"fields": ("application", ("number", "released_on"), "notes")}),)
    actions = ("make_stable",)

    def owner_of(self, obj: Version) -> int:
        return obj.application.division_id

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return with_stable_mark(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Version | None = None) -> tuple[str, ...]:
        """Stores report the version by its number; a wrong one is a version of its own."""
        return ("application", "number") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        scope = scope_of(viewer_of(request), "betaapp.change_version")
        applications = Application.objects.order_by("code")
        kwargs["queryset"] = (
            applications if scope.national else applications.filter(division__in=scope.division_ids)
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("stable"), label={"stable": "success"})
    def stable_label(self, version: Any) -> tuple[str, Any] | None:
        return ("stable", _("Stable")) if version.is_stable_now else None

    @action(description=_("Make stable"), permissions=["change"])
    def make_stable(self, request: HttpRequest, queryset: QuerySet[Version]) -> HttpResponse | None:
        return act_page(self, request, queryset, MAKE_STABLE, name="make_stable")


@admin.register(StoreToken)
class StoreTokenAdmin(GeraiModelAdmin):
    """Stores' keys: seen and revoked here; made by `manage.py beta_store_token`, which alone shows their text."""

    list_display = ("store", "made_at", "revoked_at")
    list_select_related = ("store",)
    search_fields = ("store__code", "store__name")
    fields = readonly_fields = ("store", "made_at", "revoked_at")
    ordering = ("-made_at", "id")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[StoreToken]) -> None:
        ended = sum(services.revoke_store_token(token=token, actor=viewer_of(request)) for token in tokens)
        text = ngettext("%(count)d token revoked.", "%(count)d tokens revoked.", ended) % {"count": ended}
        self.message_user(request, text, messages.SUCCESS if ended else messages.INFO)
