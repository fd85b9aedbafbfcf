"""What "Pekerjaan saya" exports: a person's own jobs, as the page tells them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exports.columns import Column
from core.exports.spec import ExportSpec
from core.jobs.registry import title_of
from core.models import Job


def job_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("title", _("Job"), value=title_of),
        Column("state", _("State"), "status", Job.get_state_display),
        Column("asked", _("Asked for"), "datetime", "created_at"),
        Column("started", _("Began"), "datetime", "started_at", on_paper=False),
        Column("ended", _("Ended"), "datetime", "ended_at"),
        Column("rows", _("Rows"), "int", "result_rows"),
        Column("file", _("File"), value="result_name"),
        Column("error", _("Error"), value="error", width=40),
    )


JOBS = ExportSpec(name="core.job", title=_("My jobs"), permission=None, columns=job_columns)
