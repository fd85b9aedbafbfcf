"""What people are told of the Beta-App."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from betaapp.choices import ProgramState
from betaapp.models import BetaProgram, Enrollment, Feedback
from notifications.kinds import Group, Kind
from notifications.services import notify
from organization.choices import EmployeeStatus
from organization.models import Employee

FEEDBACK, ENDING, JOINED = "betaapp.feedback", "betaapp.ending", "betaapp.joined"
GROUP = Group(
    name="betaapp",
    label="Beta-app",
    note=_("When a store writes feedback, a programme nears its end, or your store tries a new version."),
    permission=None,
)
KINDS = (
    Kind(name=FEEDBACK, label=_("Feedback of a store"), group=GROUP.name, icon="message-star", tone="info"),
    Kind(
        name=ENDING,
        label=_("Beta programme nears its end"),
        group=GROUP.name,
        icon="calendar-due",
        tone="warning",
    ),
    Kind(name=JOINED, label=_("Your store tries a new version"), group=GROUP.name, icon="flask", tone="info"),
)
WARNED_BEFORE = timedelta(days=3)


def tell_of_feedback(feedback: Feedback) -> int:
    """The programme's maker, within the transaction that keeps it."""
    return notify(
        [feedback.program.made_by_id],
        kind=FEEDBACK,
        title=gettext_noop("%(store)s gives %(application)s %(rating)s of 5."),
        params={
            "store": str(feedback.store),
            "application": f"{feedback.application.name} {feedback.version.number}",
            "rating": feedback.rating,
        },
        url=reverse("betaapp:feedback-detail", args=[feedback.pk]),
        key=f"feedback-{feedback.pk}",
    )


def tell_of_endings() -> int:
    """Makers of programmes that end within three days, each once; how many were told."""
    today = timezone.localdate()
    near = BetaProgram.objects.filter(
        state=ProgramState.RUNNING, last_on__gte=today, last_on__lte=today + WARNED_BEFORE
    )
    return sum(
        notify(
            [program.made_by_id],
            kind=ENDING,
            title=gettext_noop("“%(program)s” ends on %(day)s. Prolong it or decide."),
            params={"program": program.name, "day": program.last_on},
            url=reverse("betaapp:program-detail", args=[program.pk]),
            key=f"beta-ending-{program.pk}-{program.last_on:%Y%m%d}",
        )
        for program in near
    )


def tell_the_stores(program_id: int) -> int:
    """People of the stores that take part in a running programme, each once a programme."""
    program = BetaProgram.objects.get(pk=program_id)
    if program.state != ProgramState.RUNNING:
        return 0
    here = Enrollment.objects.filter(
        program=program, store=OuterRef("store"), days__endswith__gt=timezone.localdate()
    )
    people = Employee.objects.filter(Exists(here), status=EmployeeStatus.ACTIVE, store__isnull=False)
    return notify(
        list(people.values_list("pk", flat=True)),
        kind=JOINED,
        title=gettext_noop("Your store tries “%(program)s”. Tell us what you think of it."),
        params={"program": program.name},
        url=reverse("betaapp:feedback-add"),
        key=f"beta-joined-{program.pk}",
    )
