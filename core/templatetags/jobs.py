"""A job in people's words."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.jobs import registry
from core.models.jobs import JobState
from core.templatetags.gerai import number

register = template.Library()

TONES = {
    JobState.QUEUED: ("nodata", "clock"),
    JobState.RUNNING: ("maintenance", "loader-2"),
    JobState.DONE: ("safe", "circle-check"),
    JobState.FAILED: ("danger", "alert-circle"),
    JobState.CANCELLED: ("nodata", "ban"),
}


@register.filter
def job_title(job: Any) -> str:
    return registry.title_of(job)


@register.filter
def job_link(job: Any) -> str:
    return registry.link_of(job)


@register.inclusion_tag("components/status_badge.html")
def job_badge(job: Any) -> dict[str, Any]:
    tone, icon = TONES[JobState(job.state)]
    return {
        "tone": tone,
        "icon": icon,
        "label": _("Stopping") if is_stopping(job) else job.get_state_display(),
    }


@register.filter
def is_stopping(job: Any) -> bool:
    return bool(job.is_open and job.cancel_requested_at)


@register.filter
def job_progress(job: Any) -> str:
    """1.200 of 16.000; the count alone while nobody knows the total; nothing before it began."""
    if job.total:
        return _("%(done)s of %(total)s") % {"done": number(job.done), "total": number(job.total)}
    return number(job.done) if job.done else ""


@register.filter
def job_took(job: Any) -> str:
    """How long it ran, or has been running."""
    if job.started_at is None:
        return ""
    seconds = round(((job.ended_at or timezone.now()) - job.started_at).total_seconds())
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", max(seconds, 1)) % {"n": max(seconds, 1)}
    return _("%(m)d min %(s)d s") % {"m": seconds // 60, "s": seconds % 60}
