"""What people are told about machines.

The poller's transaction only writes an outbox message, so that a red machine is told of for certain, and a fault in the
telling costs no samples: a worker does it, and tries again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core import outbox
from monitoring.choices import Status
from monitoring.metrics import METRIC
from monitoring.models import Machine
from monitoring.selectors import people_who_may_be_pic
from notifications.kinds import Group, Kind, Mail
from notifications.services import notify
from organization.choices import Role
from organization.selectors import holders_of

STATUS_CHANGED, SILENCE = "monitoring.status_changed", "monitoring.silence"
DANGER, UNREACHABLE, SILENT = "monitoring.danger", "monitoring.unreachable", "monitoring.silent"
TOLD = {Status.DANGER: DANGER, Status.NO_DATA: UNREACHABLE}

GROUP = Group(
    name="machines",
    label=_("My machines"),
    note=_("Machines that you are PIC of."),
    permission="monitoring.view_machine",
)
KINDS = (
    Kind(
        name=DANGER,
        label=_("Machine in danger"),
        group=GROUP.name,
        icon="alert-triangle",
        tone="danger",
        mail=Mail.ALWAYS,
    ),
    Kind(
        name=UNREACHABLE,
        label=_("Machine unreachable"),
        group=GROUP.name,
        icon="server-off",
        tone="danger",
        mail=Mail.ALWAYS,
    ),
    Kind(
        name=SILENT,
        label=_("Machines that nobody polls"),
        group=GROUP.name,
        icon="plug-connected-x",
        tone="danger",
    ),
)


def ask_to_tell(machine_id: int, *, status: str, reasons: Sequence[dict[str, Any]], at: datetime) -> None:
    """Within the transaction that writes the new status: have the PICs told of what is red or does not answer."""
    if status in TOLD:
        metric = next((one["metric"] for one in reasons if one["limit"] == METRIC[one["metric"]].danger), "")
        payload = {"machine": machine_id, "status": status, "metric": metric}
        outbox.enqueue(STATUS_CHANGED, key=f"{machine_id}-{at:%Y%m%dT%H%M%S.%f}", payload=payload)


def ask_to_tell_silence(machines: int, *, at: datetime) -> None:
    """A silent worker is one trouble, not thirty: those who run the monitoring hear of it, once an hour."""
    outbox.enqueue(SILENCE, key=f"{at:%Y%m%dT%H}", payload={"machines": machines})


def tell_of_status(machine_id: int, *, status: str, metric: str, key: str) -> int:
    """Tell the PICs who hold that role today; how many."""
    machine = Machine.objects.filter(pk=machine_id).first()
    if machine is None:
        return 0
    params: dict[str, Any] = {"machine": machine.name}
    title = gettext_noop("%(machine)s does not answer.")
    if status == Status.DANGER:
        title = gettext_noop("%(machine)s is in danger.")
        if metric in METRIC:
            title = gettext_noop("%(machine)s is in danger: %(metric)s.")
            params["metric"] = METRIC[metric].label
    pics = people_who_may_be_pic().filter(machines_as_pic=machine).values_list("pk", flat=True)
    url = reverse("monitoring:machine-detail", args=[machine.pk])
    kind = TOLD[Status(status)]
    return notify(list(pics), kind=kind, title=title, params=params, url=url, key=f"machine-{key}")


def tell_of_silence(machines: int, *, key: str) -> int:
    """Tell whoever runs the monitoring; how many."""
    people = holders_of(Role.MONITORING_ADMIN).values_list("pk", flat=True)
    return notify(
        list(people),
        kind=SILENT,
        title=gettext_noop("The polling stands still; machines without news: %(count)s."),
        params={"count": machines},
        url=reverse("monitoring:machine-list"),
        key=f"silence-{key}",
    )
