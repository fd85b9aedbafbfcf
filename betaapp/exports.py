from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betaapp.models import BetaProgram
from betaapp.selectors.programs import enrolled_counts
from core.exports import Column, ExportSpec


def program_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("name", _("Programme"), width=34),
        Column("first_on", _("First day"), "date"),
        Column("last_on", _("Last day"), "date"),
        Column("state", _("State"), "status", BetaProgram.get_state_display),
        Column("stores", _("Stores"), "int"),
        Column("made_by", _("Made by"), value="made_by.name"),
        Column("nik", "NIK", "identifier", "made_by.nik"),
    )


def with_counts(programs: list[Any]) -> Iterable[Any]:
    """Each with how many stores take part."""
    counts = enrolled_counts(programs, timezone.localdate())
    for program in programs:
        program.stores = counts.get(program.pk, 0)
    return programs


PROGRAMS = ExportSpec(
    name="betaapp.betaprogram",
    title=_("Beta programmes"),
    permission="betaapp.export_betaprogram",
    columns=program_columns,
    tell=with_counts,
)


def drift_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), "identifier", "store.code"),
        Column("store", _("Store"), value="store.name"),
        Column("branch", _("Branch"), value="store.branch.name", width=22),
        Column("device", _("Computer"), "identifier", "device.name"),
        Column("application", _("Application"), value="application.name", width=20),
        Column("reported", _("Reported"), "identifier", "reported.number"),
        Column("expected", _("Expected"), "identifier", "expected.number"),
        Column("program", _("Programme"), value="program.name", width=24),
        Column("since", _("Since"), "datetime"),
    )


def feedback_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("made_at", _("Written"), "datetime"),
        Column("code", _("Code"), "identifier", "store.code"),
        Column("store", _("Store"), value="store.name"),
        Column("program", _("Programme"), value="program.name", width=24),
        Column("application", _("Application"), value="application.name", width=20),
        Column("version", _("Version"), "identifier", "version.number"),
        Column("rating", _("Rating"), "int"),
        Column("text", _("Text"), width=50),
        Column("made_by", _("By"), value=lambda one: one.made_by.name if one.made_by else one.sent_by),
    )


DRIFTS = ExportSpec(
    name="betaapp.drift",
    title=_("Versions that differ"),
    permission="betaapp.export_installedversion",
    columns=drift_columns,
)
FEEDBACK = ExportSpec(
    name="betaapp.feedback",
    title=_("Feedback"),
    permission="betaapp.export_feedback",
    columns=feedback_columns,
)
