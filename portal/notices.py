"""What people are told of what happens in the lower apps; `portal/wiring.py` says who hears what.

The keys make once of twice: the same within a minute is one notice, however many clicks or grants it took.
"""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.jobs.registry import all_kinds
from core.models.jobs import Job, JobState
from core.outbox import OutboxDead
from notifications.kinds import Group, Kind, Mail, declare
from notifications.services import MAIL, notify
from organization.choices import Role
from organization.events import EmployeeUnfrozen, LoginUnlocked, PinReset, RoleEnded, RoleGranted
from organization.selectors import holders_of


def declare_kinds() -> None:
    """Those of the apps below, which know of no notifications."""
    declare(
        Group(
            name="account",
            label=_("My account"),
            note=_("Your roles, and when somebody unlocks your login or account."),
        ),
        Kind(
            name="account.pin_reset",
            label=_("PIN reset"),
            group="account",
            icon="key",
            tone="warning",
            mail=Mail.ALWAYS,
        ),
        Kind(name="account.unlocked", label=_("Login unlocked"), group="account", icon="lock-open"),
        Kind(name="account.role_granted", label=_("Role given"), group="account", icon="user-check"),
        Kind(name="account.role_ended", label=_("Role ended"), group="account", icon="user-minus"),
    )
    declare(
        Group(
            name="jobs",
            label=_("My jobs"),
            note=_("When an export, an import or another long job has ended."),
            mails_by_default=False,
        ),
        Kind(name="jobs.done", label=_("Job done"), group="jobs", icon="file-check", tone="safe"),
        Kind(name="jobs.failed", label=_("Job failed"), group="jobs", icon="file-x", tone="danger"),
    )
    declare(
        Group(
            name="operation",
            label=_("Operation"),
            note=_("What the portal gave up; for administrators."),
            permission="organization.change_rolegrant",
        ),
        Kind(name="operation.dead", label=_("Given up"), group="operation", icon="mailbox", tone="danger"),
        # By e-mail this one would be given up too, and be told of, and be given up.
        Kind(
            name="operation.mail_dead",
            label=_("E-mail given up"),
            group="operation",
            icon="mailbox",
            tone="danger",
            mail=Mail.NEVER,
        ),
    )


def job_ended(job: Job) -> None:
    """In the transaction that ends the job. Who cancelled knows it."""
    told = {
        JobState.DONE: ("jobs.done", gettext_noop("Done: %(job)s")),
        JobState.FAILED: ("jobs.failed", gettext_noop("Failed: %(job)s")),
    }
    if job.state not in told:
        return
    kind, title = told[JobState(job.state)]
    known = all_kinds().get(job.kind)
    notify(
        [job.requested_by_id],
        kind=kind,
        title=title,
        params={"job": job.title or (known.title if known else job.kind)},
        url=reverse("jobs:detail", args=[job.pk]),
        key=f"job-{job.pk}-{job.run}",
    )


def pin_reset(event: PinReset) -> None:
    title = gettext_noop("Your PIN was reset. If you did not ask for it, tell IT support at once.")
    _tell(event.employee_id, kind="account.pin_reset", title=title)


def login_unlocked(event: LoginUnlocked) -> None:
    _tell(event.employee_id, kind="account.unlocked", title=gettext_noop("Your login was unlocked."))


def account_opened(event: EmployeeUnfrozen) -> None:
    title = gettext_noop("Your account was opened again.")
    _tell(event.employee_id, "account", kind="account.unlocked", title=title)


def role_granted(event: RoleGranted) -> None:
    title = gettext_noop("You were given the role %(role)s.")
    _tell(event.employee_id, event.role, kind="account.role_granted", title=title, params=_role(event))


def role_ended(event: RoleEnded) -> None:
    title = gettext_noop("Your role %(role)s ends; its last day is %(day)s.")
    params = {**_role(event), "day": event.last_on}
    _tell(event.employee_id, event.role, kind="account.role_ended", title=title, params=params)


def outbox_dead(event: OutboxDead) -> None:
    """To administrators, one an hour and kind: a mail server that is away gives up many."""
    notify(
        list(holders_of(Role.ADMINISTRATOR).values_list("pk", flat=True)),
        kind="operation.mail_dead" if event.kind == MAIL else "operation.dead",
        title=gettext_noop("The portal gave something up after several tries: %(kind)s. Look at the outbox."),
        params={"kind": event.kind},
        key=f"dead-{event.kind}-{timezone.now():%Y%m%dT%H}",
    )


def _role(event: RoleGranted | RoleEnded) -> dict[str, object]:
    return {"role": Role(event.role).label if event.role in Role.values else event.role}


def _tell(
    person_id: int, about: str = "", *, kind: str, title: str, params: dict[str, object] | None = None
) -> None:
    key = f"{kind}-{about}-{timezone.now():%Y%m%dT%H%M}"
    notify([person_id], kind=kind, title=title, params=params, key=key)
