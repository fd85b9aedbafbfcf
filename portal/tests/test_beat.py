import logging

import pytest
from celery.beat import Service

from portal.celery import SCHEDULE, app


@pytest.mark.parametrize("name", ["beat", "beat.dat", "beat.dir"])
def test_a_schedule_that_was_cut_short_is_begun_anew_without_a_trace(tmp_path, caplog, name):
    """`kill -9` leaves it so. Which files there are depends on what Python was built with."""
    (tmp_path / name).write_bytes(b"\x00cut short" * 40)

    clock = Service(
        app, scheduler_cls=app.conf.beat_scheduler, schedule_filename=str(tmp_path / "beat")
    ).get_scheduler()

    assert set(SCHEDULE) <= set(clock.schedule)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    clock.close()
