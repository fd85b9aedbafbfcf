"""An import whose work broke off ends in words, and what was uploaded long ago goes."""

import os
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.imports.repair import expire_uploads, sweep_imports
from core.imports.services import confirm_import
from core.jobs import cancel_job
from core.jobs.ending import end
from core.models import ImportRun, Job
from core.models.imports import ImportState
from core.models.jobs import JobState
from core.tests.jobs import work
from core.uploads.gate import stored_path
from organization.choices import Role
from organization.models import Division
from organization.tests.factories import EmployeeFactory
from organization.tests.tables import previewed, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_LIMITS = settings.UPLOAD_LIMITS | {"request_rows": 1}
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)


@pytest.fixture
def person():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en")


@pytest.fixture
def admin(person):
    client = Client()
    client.force_login(person)
    return client


def two_divisions(admin, names=("Satu", "Dua")):
    """More than a request takes: read and saved by a job."""
    lines = "".join(f"D{number};{name}\n" for number, name in enumerate(names))
    return previewed(admin, text(f"code;name\n{lines}"), "division")


def now(run):
    run.refresh_from_db()
    return run


def read(run):
    work()
    return now(run)


def test_a_large_table_is_read_and_saved_by_jobs(admin, person):
    run = two_divisions(admin)
    assert run.state == ImportState.READING
    assert read(run).state == ImportState.PREVIEWED

    confirm_import(run=run, digest=run.preview_digest, actor=person)
    assert (now(run).state, Division.objects.count()) == (ImportState.APPLYING, 0)
    work()

    assert (now(run).state, Division.objects.count()) == (ImportState.APPLIED, 2)


@pytest.mark.parametrize(
    ("state", "words"), [(JobState.FAILED, "broke off"), (JobState.CANCELLED, "cancelled")]
)
def test_a_job_that_ends_without_it_ends_the_import(admin, state, words):
    run = two_divisions(admin)

    end(Job.objects.get(), state)

    assert now(run).state == ImportState.REFUSED
    assert words in run.errors[0]["reason"]
    assert run.preview_digest == ""


def test_cancelling_before_it_is_saved_saves_nothing(admin, person):
    run = read(two_divisions(admin))
    confirm_import(run=run, digest=run.preview_digest, actor=person)
    cancel_job(now(run).job, actor=person)
    work()

    assert (now(run).state, Division.objects.count()) == (ImportState.REFUSED, 0)


def test_a_worker_that_comes_late_saves_nothing(admin, person):
    run = read(two_divisions(admin))
    confirm_import(run=run, digest=run.preview_digest, actor=person)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.REFUSED, errors=[{"reason": "gone"}])
    work()

    assert (now(run).state, Division.objects.count()) == (ImportState.REFUSED, 0)


def test_what_a_dead_request_was_reading_is_ended(person):
    dead = ImportRun.objects.create(
        resource="organization.division", file_name="a.csv", sha256="0" * 64, uploaded_by=person,
        uploaded_at=timezone.now() - timedelta(minutes=16),
    )  # fmt: skip
    alive = ImportRun.objects.create(
        resource="organization.division", file_name="b.csv", sha256="1" * 64, uploaded_by=person
    )

    assert sweep_imports() == 1
    assert (now(dead).state, now(alive).state) == (ImportState.REFUSED, ImportState.READING)


def test_files_and_previews_go_after_a_month(admin, settings):
    settings.UPLOAD_LIMITS = settings.UPLOAD_LIMITS | {"request_rows": 500}
    old, young = two_divisions(admin, ("Satu", "Dua")), two_divisions(admin, ("Tiga", "Empat"))
    ImportRun.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=31))
    for run in (old, young):
        long_ago = time.time() - 31 * 86400
        os.utime(stored_path(run.sha256), (long_ago, long_ago))

    assert expire_uploads() == 1

    assert not stored_path(old.sha256).exists()
    assert stored_path(young.sha256).exists()
    assert (now(old).preview, old.state) == ([], ImportState.REFUSED)
    assert now(young).state == ImportState.PREVIEWED


def test_a_file_uploaded_again_stays(admin, settings):
    settings.UPLOAD_LIMITS = settings.UPLOAD_LIMITS | {"request_rows": 500}
    old, again = two_divisions(admin), two_divisions(admin)
    assert old.sha256 == again.sha256
    ImportRun.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=31))

    assert expire_uploads() == 0
