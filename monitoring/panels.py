"""What Beranda shows of the machines."""

import json
from collections import Counter
from typing import Any

from django.http import HttpRequest

from monitoring.choices import Status, TransportKind
from monitoring.models import Machine
from monitoring.selectors import machines_visible_to

# The worst ones; the rest is one tap away in the list.
SHOWN = 8
WORST_FIRST = (Status.DANGER, Status.WARNING, Status.NO_DATA, Status.MAINTENANCE, Status.SAFE)


def machines_panel(request: HttpRequest) -> dict[str, Any] | None:
    """This host on top, so that somebody new sees a real machine move; then the worst; all of them counted by colour."""
    machines = list(
        machines_visible_to(request.user)
        .select_related("state", "facts")
        .order_by("-state__severity", "name")
    )
    if not machines:
        return None
    statuses = {machine.pk: status_of(machine) for machine in machines}
    counts = Counter(statuses.values())
    here = next((machine for machine in machines if machine.transport == TransportKind.LOCAL), None)
    others = [machine for machine in machines if machine is not here]
    return {
        "here": here,
        "machines": others[:SHOWN],
        "total": len(machines),
        "counts": [(status, counts[status]) for status in WORST_FIRST],
        "statuses_json": json.dumps(statuses),
        "all_statuses": Status,
    }


def status_of(machine: Machine) -> Status:
    """A machine that was never polled has no state yet, which is no data."""
    return Status(machine.state.status) if hasattr(machine, "state") else Status.NO_DATA
