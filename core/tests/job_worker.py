"""A worker process for tests, to be killed: `python -m core.tests.job_worker DATABASE`. It runs what is due, then ends."""

import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def main(database: str, media: str) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    django.setup()
    from core import outbox
    from core.outbox import hints

    hints.hint = lambda queue: True
    from core.jobs import heartbeat
    from core.tests.jobs import make_kind

    heartbeat.BEAT_S = 0.05
    make_kind(slow)
    while outbox.drain("jobs", seconds=1) == 0:
        time.sleep(0.05)


def slow(ctx: Any, *, rows: int, pause_s: float) -> None:
    """Writes a row at a time, all of it slowly at the first try only."""
    with ctx.result_file("rows.csv").open("w") as out:
        for number in range(rows):
            out.write(f"{number}\n")
            out.flush()
            ctx.progress(number + 1, rows)
            if ctx.attempt == 1:
                time.sleep(pause_s)


if __name__ == "__main__":
    main(*sys.argv[1:])
