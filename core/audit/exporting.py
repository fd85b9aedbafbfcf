"""What the audit trail exports: the page's own words, with what is personal masked as there."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.audit.names import Names
from core.audit.told import Told, told
from core.exports.columns import Column
from core.exports.spec import ExportSpec
from core.models.audit import AuditEntry


def trail_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("at", _("Time"), "datetime", "entry.at"),
        Column("nik", "NIK", "identifier", "entry.actor.nik"),
        Column("person", _("Done by"), value="entry.actor.name", width=22),
        Column("act", _("Act"), "status", width=22),
        Column("kind", _("Kind"), "status"),
        Column("name", _("Object"), width=26),
        Column("changes", _("What changed"), value=_changes, width=46),
        Column("reason", _("Reason"), value="entry.reason"),
        Column("way", _("Through"), "status"),
        Column("address", _("Address"), "identifier", "entry.address", width=16),
        Column("object", _("Object number"), "identifier", "entry.object_uuid", width=36, on_paper=False),
    )


def _changes(line: Told) -> str:
    return "; ".join(f"{change.label}: {change.old} → {change.new}" for change in line.changes)


def _told(entries: list[AuditEntry]) -> list[Told]:
    return told(entries, Names.of_entries(entries))


TRAIL = ExportSpec(
    name="core.auditentry",
    title=_("Audit trail"),
    permission="core.export_auditentry",
    columns=trail_columns,
    tell=_told,
)
