"""What the tables of the payment point have in common: some are only read, and "delete" switches off."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from core.modeladmin import GeraiModelAdmin
from organization.access import viewer_of
from organization.admin.acts import Act, act_page
from ppob.access import reaches
from ppob.services import activate, deactivate


class NationalAdmin(GeraiModelAdmin):
    """As on the portal's pages: a role that reaches less than the country opens nothing of the payment point."""

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        return reaches(viewer_of(request), permission)

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where there is an import: who may add may bring a table."""
        return self._nationally(request, "add")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._nationally(request, "view") and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._nationally(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._nationally(request, "change") and super().has_change_permission(request, obj)

    def _nationally(self, request: HttpRequest, act: str) -> bool:
        return reaches(viewer_of(request), f"{self.opts.app_label}.{act}_{self.opts.model_name}")


class ReadOnlyAdmin(NationalAdmin):
    """Written by the ledger, by the core's reports or by a service, and by nobody here."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown()

    def shown(self) -> tuple[str, ...]:
        """`fields` of the class; each of them, for nothing here is a form."""
        return tuple(self.fields or ())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _WithTime(ChangeList):
    """Links carry the row's time, so that its partition alone is looked into."""

    def url_for_result(self, result: Any) -> str:
        admin: Any = self.model_admin
        moment = getattr(result, admin.time_field)
        return f"{super().url_for_result(result)}?{urlencode({'at': moment.isoformat()})}"


class PartitionedAdmin(ReadOnlyAdmin):
    """A table in partitions by `time_field`, newest first. A key without its time is sought in the newest days alone."""

    time_field: ClassVar[str]
    sortable_by = ()
    recent = timedelta(days=7)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _WithTime

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return f"-{self.time_field}", "-id"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        at = _moment(request.GET.get("at", ""))
        when = {self.time_field: at} if at else {f"{self.time_field}__gte": timezone.now() - self.recent}
        try:
            return self.get_queryset(request).filter(pk=self.opts.pk.to_python(object_id), **when).first()
        except ValidationError:
            return None


class SwitchableAdmin(NationalAdmin):
    """Master data with `is_active`: "delete" switches off and keeps all that hangs on it."""

    actions = ("deactivate_selected", "activate_selected")

    @action(description=_("Delete (switch off)"), permissions=["change"])
    def deactivate_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, self._act(on=False), name="deactivate_selected")

    @action(description=_("Switch on"), permissions=["change"])
    def activate_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, self._act(on=True), name="activate_selected")

    def _act(self, *, on: bool) -> Act:
        permission = f"{self.opts.app_label}.change_{self.opts.model_name}"
        if on:
            return Act(
                title=_("Switch on"),
                question=_("They are used again, with all that they had."),
                verb=_("Yes, switch on"),
                permission=permission,
                carry_out=_activate,
            )
        return Act(
            title=_("Delete (switch off)"),
            question=_("They are no longer offered or used. Nothing is lost: their history stays, and they can be switched on again."),
            verb=_("Yes, switch off"),
            permission=permission,
            carry_out=_deactivate,
            is_dangerous=True,
        )  # fmt: skip


def _activate(thing: Model, form: Any, actor: Any) -> None:
    activate(thing=thing, actor=actor)


def _deactivate(thing: Model, form: Any, actor: Any) -> None:
    deactivate(thing=thing, actor=actor)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
