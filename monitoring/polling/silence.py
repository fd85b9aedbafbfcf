from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.live import publish_many
from monitoring.choices import Status
from monitoring.models import MachineState
from monitoring.notices import ask_to_tell_silence
from monitoring.polling.record import live_payload, tell_change
from monitoring.polling.status import RANK

SILENT_AFTER_S = 60
NOBODY_POLLS = gettext_noop("No poll for some time: the worker that polls this machine is silent.")


@transaction.atomic
def grey_silent_machines() -> int:
    """Turn grey whom nobody polls any more, so that a dead worker never leaves a green page behind; how many."""
    now = timezone.now()
    silent = list(
        MachineState.objects.select_for_update(of=("self",), skip_locked=True)
        .exclude(status=Status.NO_DATA)
        .filter(
            sampled_at__lt=now
            - Greatest(F("machine__interval_s") * 4 * timedelta(seconds=1), timedelta(seconds=SILENT_AFTER_S))
        )
    )
    for state in silent:
        tell_change(state.machine_id, was=state.status, status=Status.NO_DATA)
        state.status, state.since, state.reasons = Status.NO_DATA, now, []
        state.severity, state.failure = RANK[Status.NO_DATA] * 100, NOBODY_POLLS
    if silent:
        ask_to_tell_silence(len(silent), at=now)
    MachineState.objects.bulk_update(silent, ["status", "since", "reasons", "severity", "failure"])
    messages = [(f"monitoring.machine.{state.machine_id}", live_payload(state)) for state in silent]
    transaction.on_commit(lambda: publish_many(messages))
    return len(silent)
