"""A worker process for large exports: `python -m tests.proof.export_worker DATABASE MEDIA`. Runs what is due, tells its peak."""

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def main(database: str, media: str) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    django.setup()
    from django.urls import get_resolver

    from core import outbox
    from core.outbox import hints
    from tests.proof.memory import peak_mb

    hints.hint = lambda queue: True
    get_resolver().url_patterns  # noqa: B018  loads every app's pages before memory is measured
    before, begun = peak_mb(), time.monotonic()
    while outbox.drain("jobs", seconds=1) == 0:
        time.sleep(0.05)
    seconds = time.monotonic() - begun
    figures = {"mb_before": before, "mb_peak": peak_mb(), "seconds": round(seconds, 1)}
    print(json.dumps({**figures, "cpu_seconds": round(time.process_time(), 1)}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
