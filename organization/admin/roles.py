from copy import copy
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.modeladmin import GeraiModelAdmin
from organization.choices import Role


def role_label(group: Group) -> str:
    return str(Role(group.name).label) if group.name in Role.values else group.name


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GeraiModelAdmin):
    """What each role may do, to read: the apps declare it and a migration writes it."""

    list_display = ("label", "name")
    search_fields = ("name",)
    ordering = ("name",)
    fields = readonly_fields = ("label", "allowed")

    def __init__(self, model: type[Group], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        # Here they are called roles; the model's own options stay Django's, or it would want a migration.
        self.opts = copy(model._meta)
        self.opts.verbose_name, self.opts.verbose_name_plural = _("role"), _("roles")

    @display(description=_("role"))
    def label(self, group: Group) -> str:
        return role_label(group)

    @display(description=_("may do"))
    def allowed(self, group: Group) -> str:
        """One line a permission, by app, as Django names them."""
        held = group.permissions.select_related("content_type").order_by(
            "content_type__app_label", "codename"
        )
        return format_html_join(
            "", "<div>{}.{}</div>", ((p.content_type.app_label, p.codename) for p in held)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).filter(name__in=Role.values)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Group | None:
        """A page about one role calls it what people call it; nothing here is ever saved."""
        role = super().get_object(request, object_id, from_field)
        if role:
            role.name = role_label(role)
        return role

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A role's history is who held it."""
        role = self.get_object(request, object_id)
        if not self.has_view_permission(request, role):
            raise PermissionDenied
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(f"{reverse('admin:organization_rolegrant_changelist')}?group__id__exact={role.pk}")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        changelist.opts = self.opts
        return changelist

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.has_perm("organization.view_rolegrant")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False
