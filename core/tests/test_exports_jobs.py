"""Large exports by a worker: the same file as at once, with the rights of the moment at which it runs."""

import hashlib
import os
from datetime import date
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateRange
from openpyxl import load_workbook

from core.exports.asking import as_asked
from core.exports.exceptions import NotExported, TooManyRows
from core.exports.formats import FORMATS
from core.exports.jobs import export
from core.jobs import JobAlreadyAskedFor
from core.jobs.results import path_of, sweep_files
from core.models import AuditEntry, Job
from core.tests.jobs import ask, work
from core.tests.test_exports_lists import STORES, small
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory
from organization.views import StoreListView

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_place(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)


@pytest.fixture
def here():
    return BranchFactory()


@pytest.fixture
def person(here):
    return RoleGrantFactory(role=Role.COORDINATOR, branch=here).employee


def wish(person, form="csv", query="", path=STORES):
    return ask(person, "core.export", path=path, query=query, form=form)


def ended(job):
    work()
    job.refresh_from_db()
    return job


def test_a_worker_exports_what_the_page_shows(person, here):
    for code, branch in (("T1", here), ("T2", here), ("T3", BranchFactory())):
        StoreFactory(code=code, name=f"Toko {code}", branch=branch)
    job = ended(wish(person, query="sort=-code&q=toko"))
    assert (job.state, job.result_rows, job.done, job.error) == ("done", 2, 2, "")
    content = path_of(job).read_bytes()
    assert [line.split(b",")[0] for line in content.splitlines()[1:]] == [b'"T2"', b'"T1"']
    assert job.result_sha256 == hashlib.sha256(content).hexdigest()
    facts = AuditEntry.objects.get(act="export.made").changes
    assert facts["sha256"][1] == job.result_sha256
    assert facts["rows"][1] == 2


def test_every_format_comes_from_a_worker_and_leaves_nothing_beside_it(person, here):
    StoreFactory(name="=1+1", branch=here)
    for form in FORMATS:
        job = ended(wish(person, form))
        assert (job.state, job.error) == ("done", "")
        assert job.result_name.endswith(f".{form}")
        assert [path.name for path in path_of(job).parent.iterdir()] == [path_of(job).name]
        if form == "xlsx":
            # openpyxl looks at the ending; the file that a person downloads has it.
            with path_of(job).open("rb") as file:
                assert load_workbook(file).worksheets[0]["B2"].data_type == "s"


def test_rights_that_ended_meanwhile_are_not_used(person):
    job = wish(person)
    RoleGrant.objects.filter(employee=person).update(days=DateRange(date(2020, 1, 1), date(2020, 2, 1)))
    assert ended(job).state == "failed"
    assert not job.result_path
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_one_at_a_time_and_only_lists(person):
    wish(person)
    with pytest.raises(JobAlreadyAskedFor):
        wish(person)
    for path in ("/", "/nowhere/", "/jobs/states/"):
        with pytest.raises((NotExported, PermissionDenied)):
            wish(person, path=path)


def test_who_may_not_export_cannot_ask_a_worker_either():
    with pytest.raises(PermissionDenied):
        wish(EmployeeFactory(roles=[Role.STORE_SUPPORT]))


def test_a_cancelled_export_is_no_export(person, here, tmp_path):
    """Its function lets the wish to stop pass, and records nothing."""

    class Stop(Exception):
        pass

    def counted(rows, *, total):
        yield next(iter(rows))
        raise Stop

    StoreFactory.create_batch(3, branch=here)
    part = tmp_path / "part"
    ctx = SimpleNamespace(actor=person, counted=counted, check=lambda: None, result_file=lambda name: part)
    for form in FORMATS:
        with pytest.raises(Stop):
            export(ctx, path=STORES, query="", form=form)
        assert [path.name for path in tmp_path.iterdir()] == ["part"]
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_rows_that_come_while_it_is_written_do_not_pass_the_limit(person, here, tmp_path):
    StoreFactory.create_batch(3, branch=here)
    asked = as_asked(StoreListView, {}, person=person, query="", form=small(FORMATS["csv"], at_most=2))
    with (tmp_path / "x").open("w+b") as target, pytest.raises(TooManyRows):
        asked.write(target)


def test_what_a_killed_worker_left_of_a_sheet_is_swept_away(person, tmp_path):
    job = wish(person)
    Job.objects.filter(pk=job.pk).update(state="cancelled", ended_at=job.created_at)
    folder = tmp_path / "jobs" / str(job.pk)
    (folder / "xlsx-abc").mkdir(parents=True)
    (folder / "xlsx-abc" / "sheet").touch()
    (folder / "1-1.part").touch()
    os.utime(folder, (0, 0))
    sweep_files()
    assert not folder.exists()


def test_a_job_speaks_the_persons_language(person, here):
    StoreFactory(branch=here, opened_on=date(2020, 1, 1))
    assert "Kode" in path_of(ended(wish(person))).read_text("utf-8-sig")


def test_under_asgi_the_file_goes_out_in_pieces(person, here, async_client, monkeypatch):
    """Django gathers an ordinary iterator before it sends; ours is none."""
    monkeypatch.setattr("core.exports.download.BLOCK", 64)
    StoreFactory.create_batch(3, branch=here)

    async def pieces():
        await async_client.aforce_login(person)
        response = await async_client.post(STORES, {"format": "csv"})
        assert response.is_async
        return [piece async for piece in response]

    found = async_to_sync(pieces)()
    assert len(found) > 3
    assert max(map(len, found)) == 64
    assert b"".join(found).count(b"\r\n") == 4
