from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.audit.access import PERMISSION, may_read_trail
from core.audit.exporting import TRAIL
from core.audit.filters import AuditFilter
from core.audit.kinds import audited_models, kind_label
from core.audit.names import Names
from core.audit.recording import Ref, record
from core.audit.selectors import life_of, trail_visible_to
from core.audit.told import told
from core.exports import ExportableListView
from core.lists import KeysetListView, ListColumn, Sort
from core.models.audit import AuditEntry

NEWEST_FIRST = (Sort(key="at", label=_("Time"), field="at", descending_first=True),)


@method_decorator(never_cache, name="dispatch")
class TrailView(KeysetListView):
    """Base: the trail is national, so a role with a smaller scope does not open it."""

    permission = PERMISSION
    sorts = NEWEST_FIRST

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person: Any = request.user
        if person.is_authenticated and not may_read_trail(person):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AuditListView(TrailView, ExportableListView):
    """Who did what: filters by person, act, kind, way and days."""

    export = TRAIL
    filterset_class = AuditFilter
    template_name = "core/audit_list.html"
    rows_template = "core/_audit_rows.html"
    optional_columns = (
        ListColumn(key="actor", label=_("Done by")),
        ListColumn(key="object", label=_("Object")),
        ListColumn(key="changes", label=_("What changed")),
        ListColumn(key="through", label=_("Through")),
    )

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return trail_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        entries = context["list"].rows
        return super().get_context_data(**context) | {"told": told(entries, Names.of_entries(entries))}


class AuditObjectView(TrailView):
    """One object's whole life, newest first. A POST shows what is personal, and leaves an entry that says so."""

    http_method_names = ["get", "head", "post"]
    template_name = "core/audit_object.html"
    reveals = False

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return life_of(self.kwargs["kind"], self.kwargs["uuid"], viewer=self.request.user)

    def get(self, request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
        if kind not in audited_models():
            raise Http404
        return super().get(request)

    def post(self, request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
        if not self.get_queryset().exists():
            raise Http404
        with transaction.atomic():
            record(request.user, "audit.personal_shown", Ref(kind, uuid))
        self.reveals = True
        return self.get(request, kind, uuid)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kind, uuid, entries = self.kwargs["kind"], self.kwargs["uuid"], context["list"].rows
        names = Names.of_entries(entries, also=[(kind, str(uuid))])
        lines = told(entries, names, reveal=self.reveals)
        if not entries and names.key_of(kind, uuid) is None:
            raise Http404
        return super().get_context_data(**context) | {
            "told": lines,
            "kind": capfirst(kind_label(kind)),
            "name": names.of(kind, uuid),
            "reveals": self.reveals,
            "hides": not self.reveals and any(line.hides for line in lines),
        }
