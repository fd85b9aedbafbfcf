import os
import subprocess
import sys
from pathlib import Path

from celery import shared_task

from monitoring import services
from monitoring.polling.keeper import keep_polling
from monitoring.polling.poller import poller_of
from monitoring.polling.silence import grey_silent_machines

BURN = Path(__file__).with_name("burn.py")


@shared_task
def poll_round(shard: int) -> None:
    """Beat's tick. Overlapping rounds, other holders and machines that are not due are the Poller's business."""
    if shard == 0:
        services.ensure_local_machine()
    poller = poller_of(shard)
    keep_polling(poller)
    poller.round()


@shared_task(time_limit=300)
def roll_up() -> None:
    """Once a minute: closed five-minute windows, and an end to what hangs."""
    services.roll_up()
    services.sweep_stale_loads()
    grey_silent_machines()


@shared_task(time_limit=120, expires=services.NOT_CLAIMED_AFTER_S)
def run_load(run_id: int) -> None:
    """Load all cores as long as the run says; at most once, however often the message comes."""
    run = services.claim_load(run_id)
    if run is None:
        return
    command = [sys.executable, str(BURN), str(run.seconds), str(os.getpid())]
    burners = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)]
    try:
        for burner in burners:
            burner.wait(timeout=run.seconds + 10)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
        services.end_load(run.pk)
