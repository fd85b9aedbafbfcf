from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from core.exceptions import GeraiError
from core.modeladmin import ConstraintForm, GeraiModelAdmin
from organization import services
from organization.access import viewer_of
from organization.admin.days import ONE_DAY, DaysField, days_as_text
from organization.admin.roles import role_label
from organization.choices import Role
from organization.fresh_factor import require_fresh_factor
from organization.models import Employee, RoleGrant

# A grant is a fact of the past as soon as it is given: afterwards its end alone can be brought forward.
FIXED = ("employee", "group", "scope", "branch", "division", "delegate_of")


class RoleGrantForm(ConstraintForm):
    """Gives a role on some days, or ends one earlier."""

    days = DaysField(label=_("Days"), help_text=_("The last day stays empty while the role has no end."))
    constraint_fields = {
        "role_grant_scope_names_its_place": "scope",
        "role_grant_has_a_first_day": "days",
        "role_grant_not_own_delegate": "delegate_of",
        "role_grant_once_a_day": "days",
    }

    class Meta:
        model = RoleGrant
        fields = (*FIXED, "days")

    actor: Employee | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old_days = self.instance.days
        if self.instance.pk:
            for name in FIXED:
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean_days(self) -> Any:
        days = self.cleaned_data["days"]
        old = self.old_days
        if self.instance.pk and days and days != old:
            if days.lower != old.lower:
                raise ValidationError(_now("The first day stays; end this role and give it anew."))
            if days.upper is None or (old.upper and days.upper > old.upper):
                raise ValidationError(_now("A role can only be ended earlier; give it anew to prolong it."))
        return days

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and not self.errors and "days" in self.changed_data:
            self._rehearse_the_end()
        return cleaned

    def _rehearse_the_end(self) -> None:
        """Ask the service whether it would, and take it back: a refusal belongs beside the field."""
        try:
            with transaction.atomic():
                end_earlier(self, self.actor)
                transaction.set_rollback(True)
        except GeraiError as error:
            self.add_error("days", str(error))


def end_earlier(form: RoleGrantForm, actor: Employee | None) -> None:
    grant = RoleGrant.objects.get(pk=form.instance.pk)
    services.end_role_grant(grant=grant, last_on=form.cleaned_data["days"].upper - ONE_DAY, actor=actor)


def give(grant: RoleGrant, actor: Employee | None) -> RoleGrant:
    upper: date | None = grant.days.upper
    return services.grant_role(
        employee=grant.employee,
        role=Role(grant.group.name),
        from_on=grant.days.lower,
        until_on=upper - ONE_DAY if upper else None,
        branch=grant.branch,
        division=grant.division,
        delegate_of=grant.delegate_of,
        actor=actor,
    )


class RoleGrantInline(TabularInline):
    """What the person holds, held and will hold; giving and ending have a page of their own."""

    model = RoleGrant
    fk_name = "employee"
    fields = readonly_fields = ("role", "place", "period", "delegate_of")
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("-days",)

    @display(description=_("role"))
    def role(self, grant: RoleGrant) -> str:
        address = reverse("admin:organization_rolegrant_change", args=[grant.pk])
        return format_html('<a class="g-link" href="{}">{}</a>', address, role_label(grant.group))

    @display(description=_("scope"))
    def place(self, grant: RoleGrant) -> str:
        return place_label(grant)

    @display(description=_("days"))
    def period(self, grant: RoleGrant) -> str:
        return days_as_text(grant.days)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleGrant]:
        return super().get_queryset(request).select_related("group", "branch", "division", "delegate_of")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organization.view_rolegrant")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def place_label(grant: RoleGrant) -> str:
    return str(grant.branch or grant.division or grant.get_scope_display())


def role_field(db_field: Any, field: Any) -> Any:
    """The roles by their label, in the order of the code and without the one that needs no grant."""
    if db_field.name == "group" and field is not None:
        names = [role.value for role in Role if role != Role.REPORTER]
        field.queryset = field.queryset.filter(name__in=names)
        field.label_from_instance = role_label
    return field


class InForceFilter(admin.SimpleListFilter):
    title, parameter_name = _("in force"), "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("ended", _("Ended")), ("coming", _("Coming"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
        today = timezone.localdate()
        conditions = {
            "today": Q(days__contains=today),
            "ended": Q(days__fully_lt=(today, None)),
            "coming": Q(days__startswith__gt=today),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(RoleGrant)
class RoleGrantAdmin(GeraiModelAdmin):
    """Administrators alone give and end roles, and nobody their own."""

    form = RoleGrantForm
    services_record = True
    list_display = ("employee", "role", "place", "period", "delegate_of")
    list_filter = (
        InForceFilter,
        "scope",
        ("group", RelatedDropdownFilter),
        ("branch", RelatedDropdownFilter),
    )
    list_select_related = ("employee", "group", "branch", "division", "delegate_of")
    search_fields = ("employee__nik", "employee__name")
    search_help_text = _("NIK or name")
    sortable_by = ()
    ordering = ("employee__nik", "-days")
    autocomplete_fields = ("employee", "branch", "division", "delegate_of")
    fieldsets = (
        (None, {"fields": ("employee", "group")}),
        (_("Scope"), {"fields": ("scope", ("branch", "division"))}),
        (_("Days"), {"fields": ("days", "delegate_of")}),
    )

    @display(description=_("role"))
    def role(self, grant: RoleGrant) -> str:
        return role_label(grant.group)

    @display(description=_("scope"))
    def place(self, grant: RoleGrant) -> str:
        return place_label(grant)

    @display(description=_("days"))
    def period(self, grant: RoleGrant) -> str:
        return days_as_text(grant.days)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Whoever may give roles, or end them, is asked for the PIN first: a session left open gives none."""
        may = self.has_change_permission if object_id else self.has_add_permission
        if request.method == "POST" and may(request) and (asking := require_fresh_factor(request)):
            return asking
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "employee":
            # Nobody grants themselves a role.
            kwargs["queryset"] = Employee.objects.exclude(pk=viewer_of(request).pk)
        return role_field(db_field, super().formfield_for_foreignkey(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        if not change:
            obj.pk = give(obj, viewer_of(request)).pk
        elif "days" in form.changed_data:
            end_earlier(form, viewer_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", getattr(obj, "employee_id", None))

    def _may(self, request: HttpRequest, act: str, person_id: int | None) -> bool:
        return (
            request.user.has_perm(f"organization.{act}_rolegrant")
            and Role.ADMINISTRATOR in viewer_of(request).role_names
            and person_id != request.user.pk
        )
