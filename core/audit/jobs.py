from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.access import PERMISSION, may_read_trail
from core.audit.verifying import Verdict, verify
from core.exceptions import GeraiError
from core.jobs import JobContext, JobResult, job
from core.models import AuditEntry, AuditSeal
from core.templatetags.gerai import number

CHECK = "core.audit_check"


class TrailIsBroken(GeraiError):
    """What stands in the trail is not what was recorded."""


@job(CHECK, title=gettext_lazy("Check the audit trail"), permission=PERMISSION, one_each=True)
def check_trail(ctx: JobContext, **_params: Any) -> JobResult:
    """Walk the chain, the entries and the heads, as `audit_verify` does. Reads only."""
    if not may_read_trail(ctx.actor):
        raise TrailIsBroken(_("You are no longer allowed to do this."))
    total = AuditSeal.objects.count() + AuditEntry.objects.count()
    verdict = verify(watch=lambda so_far: ctx.progress(so_far.seals + so_far.entries, total))
    if verdict.broken_at:
        raise TrailIsBroken(_fault_in_words(verdict))
    text = _("%(entries)s entries, %(seals)s seals and %(heads)s heads checked: nothing was altered.")
    return JobResult(rows=verdict.entries, note=text % _figures(verdict))


def _figures(verdict: Verdict) -> dict[str, str]:
    return {name: number(getattr(verdict, name)) for name in ("entries", "seals", "heads", "faults")}


def _fault_in_words(verdict: Verdict) -> str:
    where = verdict.broken_at or {}
    place = ", ".join(f"{name} {value}" for name, value in where.items() if name != "fault" and value)
    return _("%(faults)s faults in the audit trail. The first: %(fault)s (%(place)s).") % {
        **_figures(verdict),
        "fault": where.get("fault", ""),
        "place": place,
    }
