"""A job's life on a real PostgreSQL: asked for, run, ended in every way it can end; its file is whole or is not there."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation

from core import outbox
from core.exceptions import GeraiError
from core.jobs import (
    JobAlreadyAskedFor,
    JobCancelled,
    JobHasEnded,
    JobResult,
    JobStillRuns,
    cancel_job,
    ended,
    heartbeat,
    registry,
    repair,
    results,
    retry_job,
)
from core.jobs.exceptions import ResultIsThere
from core.models import AuditEntry, Job, OutboxMessage
from core.tests.jobs import ask, make_kind, work, work_until_the_end
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_place(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    for module in ("writing", "delivery", "repair", "hints"):
        monkeypatch.setattr(f"core.outbox.{module}.hint", lambda queue: True, raising=False)
    monkeypatch.setattr(heartbeat, "BEAT_S", 0.02)
    before = list(ended)
    yield
    ended[:] = before
    for kind in list(registry.all_kinds()):
        if kind.startswith("test."):
            registry.forget(kind)


@pytest.fixture
def person():
    return EmployeeFactory(language="en")


def files():
    from django.conf import settings

    return sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


def wait_for(holds):
    """The heartbeat is another thread; half a minute is far more than it needs."""
    import time

    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def test_a_job_runs_says_how_far_it_is_and_leaves_a_file(person):
    def run(ctx, *, rows):
        with ctx.result_file("stores.csv").open("w") as out:
            for number in range(rows):
                out.write(f"{number}\n")
                ctx.progress(number + 1, rows, "writing")
        return JobResult(rows=rows, note="All there.")

    make_kind(run)
    job = ask(person, rows=300)
    assert job.state == "queued"
    work()
    job.refresh_from_db()

    assert (job.state, job.done, job.total, job.note, job.error) == ("done", 300, 300, "All there.", "")
    assert (job.result_name, job.result_rows, job.attempts) == ("stores.csv", 300, 1)
    content = results.path_of(job).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (job.result_bytes, job.result_sha256)
    assert job.started_at <= job.ended_at
    assert OutboxMessage.objects.get().done_at


def test_a_job_asked_for_in_a_transaction_that_failed_was_never_asked_for(person):
    make_kind(lambda ctx: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask(person)
        raise ZeroDivisionError
    assert not Job.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_job_speaks_the_language_and_lives_in_the_zone_of_its_person():
    said = {}

    def run(ctx):
        said.update(language=translation.get_language(), zone=timezone.get_current_timezone_name())

    make_kind(run)
    person = EmployeeFactory(language="en", branch_office__time_zone="Asia/Jayapura")
    ask(person)
    work()
    assert said == {"language": "en", "zone": "Asia/Jayapura"}


def test_progress_is_written_and_told_while_it_runs(person, monkeypatch):
    told = []
    monkeypatch.setattr("core.live.publish", lambda topic, data: told.append((topic, data)))

    def run(ctx):
        ctx.progress(5, 10, "half")
        wait_for(lambda: Job.objects.filter(done=5, total=10, note="half", state="running").exists())

    make_kind(run)
    job = ask(person)
    work()
    assert {topic for topic, _data in told} == {f"core.job.{job.pk}"}
    assert (5, 10, "half") in [(data["done"], data["total"], data["note"]) for _topic, data in told]
    assert [data["state"] for _topic, data in told if data["state"] != "running"] == ["done"]


def test_a_rule_that_refuses_fails_the_job_at_once_in_its_own_words(person):
    def run(ctx):
        ctx.result_file("half.csv").open("w").close()
        raise GeraiError("The file is empty.")

    make_kind(run)
    job = ask(person)
    work_until_the_end()
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("failed", "The file is empty.", 1)
    assert files() == []


def test_a_surprise_is_tried_again_and_then_said_without_its_details(person):
    tries = []

    def run(ctx):
        tries.append(ctx.attempt)
        raise RuntimeError("password=secret")

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (job.state, tries) == ("queued", [1])
    work_until_the_end()
    job.refresh_from_db()
    assert (job.state, tries) == ("failed", [1, 2, 3])
    assert "went wrong" in job.error
    assert "secret" not in job.error
    assert OutboxMessage.objects.get().done_at, "a job that failed is no dead letter"


def test_what_works_at_the_second_try_is_done(person):
    def run(ctx):
        with ctx.result_file("a.csv").open("w") as out:
            out.write(str(ctx.attempt))
        if ctx.attempt == 1:
            raise ConnectionError

    make_kind(run)
    job = ask(person)
    work_until_the_end()
    job.refresh_from_db()
    assert (job.state, results.path_of(job).read_text(), len(files())) == ("done", "2", 1)


def test_cancelled_while_it_waits_it_never_runs(person):
    make_kind(lambda ctx: pytest.fail("ran"))
    job = cancel_job(ask(person), actor=person)
    work()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)
    with pytest.raises(JobHasEnded):
        cancel_job(job, actor=person)


def test_cancelled_while_it_runs_it_stops_and_leaves_nothing(person):
    def run(ctx):
        ctx.result_file("big.csv").open("w").close()
        cancel_job(Job.objects.get(), actor=person)
        for number in iter(int, 1):
            ctx.progress(number)

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (job.state, files()) == ("cancelled", [])


def test_a_function_that_swallows_the_cancel_is_cancelled_all_the_same(person):
    def run(ctx):
        ctx.result_file("big.csv").open("w").close()
        cancel_job(Job.objects.get(), actor=person)
        with pytest.raises(JobCancelled):
            for number in iter(int, 1):
                ctx.progress(number)
        return JobResult(rows=1)

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (job.state, files()) == ("cancelled", [])


def test_a_job_that_takes_too_long_is_stopped(person):
    def run(ctx):
        for number in iter(int, 1):
            ctx.progress(number)

    make_kind(run, time_limit_s=0.05)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "longer than 1 minutes" in job.error


def test_a_worker_that_lost_its_lease_writes_nothing_any_more(person):
    def run(ctx):
        with ctx.result_file("a.csv").open("w") as out:
            out.write(str(ctx.attempt))
        if ctx.attempt == 1:  # as a worker that was frozen: meanwhile another has taken over and is done
            OutboxMessage.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
            work()

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (job.state, job.attempts, results.path_of(job).read_text()) == ("done", 2, "2")
    assert files() == ["1-2.result"]


def test_a_running_job_notices_that_it_was_taken_over(person):
    lost = []

    def run(ctx):
        OutboxMessage.objects.update(attempts=2)
        try:
            for number in iter(int, 1):
                ctx.progress(number)
        except Exception as error:
            lost.append(type(error).__name__)
            raise

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (lost, job.state) == (["LeaseLost"], "running")


def test_a_job_whose_workers_all_died_is_failed_by_the_sweep(person):
    make_kind(lambda ctx: None)
    job = ask(person)
    Job.objects.update(state="running", attempts=3, started_at=timezone.now())
    OutboxMessage.objects.update(attempts=3, claimed_until=timezone.now() - timedelta(seconds=1))
    assert repair.sweep_jobs() == 0
    outbox.bury_lost()
    assert repair.sweep_jobs() == 1
    job.refresh_from_db()
    assert job.state == "failed"
    assert "ended in the middle" in job.error
    assert repair.sweep_jobs() == 0


def test_a_kind_with_one_try_is_not_run_again_after_its_worker_died(person):
    make_kind(lambda ctx: pytest.fail("ran"), max_attempts=1)
    job = ask(person)
    Job.objects.update(state="running", attempts=1, started_at=timezone.now())
    OutboxMessage.objects.update(attempts=1, claimed_until=timezone.now() - timedelta(seconds=1))
    work()
    job.refresh_from_db()
    assert job.state == "failed"


def test_asked_for_again_it_is_a_new_run_of_the_same_job(person):
    fails = [True]

    def run(ctx):
        if fails:
            raise GeraiError("Not today.")
        return JobResult(note=f"run {ctx.run}")

    make_kind(run)
    job = ask(person)
    with pytest.raises(JobStillRuns):
        retry_job(job, actor=person)
    work()
    fails.clear()
    job = retry_job(job, actor=person)
    assert (job.state, job.error, job.run) == ("queued", "", 2)
    work()
    job.refresh_from_db()
    assert (job.state, job.note) == ("done", "run 2")
    with pytest.raises(ResultIsThere):
        retry_job(job, actor=person)


@pytest.mark.parametrize("by", ["whoever listens", "the job itself"])
def test_the_end_is_told_in_its_transaction_and_rolled_back_with_it(person, by):
    heard = []

    def first_fails(job=None):
        heard.append((job or Job.objects.get()).state)
        # The file has its name last of all.
        assert [name.endswith(".part") for name in files()] == [True]
        if len(heard) == 1:
            raise RuntimeError("it could not be written")

    if by == "whoever listens":
        ended.append(first_fails)

    def run(ctx):
        ctx.result_file("a.csv").open("w").close()
        return JobResult(told=first_fails if by == "the job itself" else None)

    make_kind(run)
    job = ask(person)
    work()
    job.refresh_from_db()
    assert (job.state, files()) == ("queued", [])
    work_until_the_end()
    job.refresh_from_db()
    assert (job.state, heard, files()) == ("done", ["done", "done"], ["1-2.result"])


def test_who_lost_the_permission_is_refused_when_it_starts_and_when_it_runs(person):
    make_kind(lambda ctx: pytest.fail("ran"), permission="core.view_auditentry")
    with pytest.raises(PermissionDenied):
        ask(person)
    auditor = EmployeeFactory(roles=[Role.AUDITOR], language="en")
    job = ask(auditor)
    RoleGrant.objects.filter(employee=auditor).delete()
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "You are no longer allowed to do this.")


def test_one_at_a_time_means_one_under_way(person):
    make_kind(lambda ctx: None, one_each=True)
    ask(person)
    with pytest.raises(JobAlreadyAskedFor):
        ask(person)
    ask(EmployeeFactory())
    work()
    ask(person)


def test_start_cancel_and_retry_leave_their_entries(person):
    make_kind(lambda ctx: None)
    job = cancel_job(ask(person), actor=person)
    retry_job(job, actor=person)
    acts = AuditEntry.objects.filter(object_kind="core.job", object_uuid=job.pk).order_by("id")
    assert list(acts.values_list("act", flat=True)) == ["job.started", "job.cancelled", "job.repeated"]


def test_files_go_after_a_week_and_the_job_can_make_them_again(person, monkeypatch):
    make_kind(lambda ctx: ctx.result_file("a.csv").open("w").close())
    job = ask(person)
    work()
    monkeypatch.setattr(results, "SETTLED_S", 0)
    assert repair.expire_results() == 0
    assert files() == ["1-1.result"]
    Job.objects.update(ended_at=timezone.now() - timedelta(days=8))
    assert repair.expire_results() == 1
    assert files() == []
    retry_job(job, actor=person)
    work()
    job.refresh_from_db()
    assert results.path_of(job)


def test_half_files_that_nobody_writes_any_more_are_swept(person, monkeypatch):
    make_kind(lambda ctx: ctx.result_file("a.csv").open("w").close())
    job = ask(person)
    work()
    (results.folder_of(job.pk) / "1-9.part").write_text("half")
    stranger = results.folder_of("00000000-0000-4000-8000-000000000000")
    stranger.mkdir()
    (stranger / "1-1.part").write_text("half")
    monkeypatch.setattr(results, "SETTLED_S", 0)
    assert results.sweep_files() == 2
    assert files() == ["1-1.result"]
    assert not stranger.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("toko\r\nX: y.csv", "toko-X- y.csv"),
        ("", "result"),
        ("laporan\u202efdp.exe", "laporan-fdp.exe"),
        ("a" * 300 + ".xlsx", "a" * 155 + ".xlsx"),
    ],
)
def test_a_file_is_called_what_a_file_may_be_called(name, safe):
    assert results.safe_name(name) == safe
