"""The pages of a person's jobs: nobody else's, few queries, buttons that act, a file that is handed out with care."""

import asyncio
import re
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import AsyncRequestFactory
from django.urls import reverse
from django.utils import timezone

from core.jobs import ResultFile, registry
from core.jobs.downloads import result_response
from core.jobs.ending import end
from core.jobs.results import path_of
from core.jobs.selectors import job_topics_allowed
from core.models import Job
from core.models.jobs import JobState
from core.tests.jobs import ask, make_kind, work
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
DOORS = ["detail", "cancel", "retry", "download"]


@pytest.fixture(autouse=True)
def _own_place(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)
    yield
    for kind in list(registry.all_kinds()):
        if kind.startswith("test."):
            registry.forget(kind)


@pytest.fixture
def person(client):
    person = EmployeeFactory(language="en")
    client.force_login(person)
    return person


def page(client, name, job, method="get", **extra):
    return getattr(client, method)(reverse(f"jobs:{name}", args=[job.pk]), **extra)


def ended_well(job):
    """As its worker leaves it, which test_jobs_running looks at."""
    file = ResultFile("stores.csv", job_id=job.pk, run=job.run, attempt=1)
    file.path.write_text("a,b\n")
    with transaction.atomic():
        end(job, JobState.DONE, started_at=timezone.now(), result_rows=1, **file.seal())
    file.publish()
    return job


def done_job(person, **options):
    make_kind(lambda ctx: None, **options)
    return ended_well(ask(person, title="Export of stores"))


@pytest.mark.parametrize("door", DOORS)
def test_somebody_elses_job_is_not_there(client, door):
    job = done_job(EmployeeFactory())
    method = "post" if door in {"cancel", "retry"} else "get"
    assert page(client, door, job, method).status_code == 302, "a stranger logs in first"
    administrator = EmployeeFactory(roles=[Role.ADMINISTRATOR, Role.AUDITOR])
    client.force_login(administrator)
    assert page(client, door, job, method).status_code == 404
    job.refresh_from_db()
    assert (job.state, job.run) == ("done", 1)


def test_a_list_holds_the_own_jobs_alone(client, person):
    make_kind(lambda ctx: None)
    ask(person, title="Mine")
    ask(EmployeeFactory(), title="Theirs")
    text = client.get(reverse("jobs:list")).content.decode()
    assert "Mine" in text
    assert "Theirs" not in text


def test_news_of_a_job_is_its_askers_alone(person):
    make_kind(lambda ctx: None)
    mine, other = ask(person), ask(EmployeeFactory())
    asked = {str(mine.pk), str(other.pk), "nonsense", str(uuid4())}
    assert job_topics_allowed(person, asked) == {str(mine.pk)}


def test_states_of_jobs_are_told_to_their_asker(client, person):
    make_kind(lambda ctx: None)
    mine, other = ask(person), ask(EmployeeFactory())
    answer = client.get(reverse("jobs:states"), {"id": [str(mine.pk), str(other.pk), "nonsense"]}).json()
    assert answer == {"jobs": [{"id": str(mine.pk), "state": "queued", "done": 0, "total": None, "note": ""}]}


def test_a_list_has_few_queries_at_two_rows_and_at_twenty(client, person, django_assert_max_num_queries):
    make_kind(lambda ctx: None)
    counts = []
    for rows in (2, 18):
        for _ in range(rows):
            ask(person)
        client.get(reverse("jobs:list"))
        with django_assert_max_num_queries(8) as queries:
            client.get(reverse("jobs:list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pages_of_a_long_list_follow_each_other(client, person):
    made = [
        Job.objects.create(kind="test.gone", title=f"Job number {n:02}", requested_by=person)
        for n in range(30)
    ]
    first = client.get(reverse("jobs:list")).content.decode()
    following = re.search(r'href="([^"]*[?&]c=[^"]+)"', first).group(1).replace("&amp;", "&")
    second = client.get(following).content.decode()
    titles = re.findall(r"Job number \d\d", first) + re.findall(r"Job number \d\d", second)
    assert titles == [job.title for job in reversed(made)]


def test_a_job_of_a_kind_that_is_gone_can_still_be_looked_at(client, person):
    job = Job.objects.create(
        kind="test.gone", requested_by=person, state=JobState.FAILED, ended_at=timezone.now(), error="Oh."
    )
    assert "test.gone" in page(client, "detail", job).content.decode()
    answer = page(client, "retry", job, "post", follow=True).content.decode()
    assert "does not know this kind" in answer


@pytest.mark.django_db(transaction=True)
def test_the_menu_counts_what_is_under_way(client, person):
    make_kind(lambda ctx: None)
    ask(person)
    assert re.search(r'href="/jobs/".*?menu-count">1<', client.get("/").content.decode(), re.DOTALL)
    ended_well(Job.objects.get())
    assert "menu-count" not in client.get("/").content.decode()


def test_the_page_offers_what_can_be_done(client, person):
    make_kind(lambda ctx: None)
    job = ask(person)
    waiting = page(client, "detail", job).content.decode()
    assert reverse("jobs:cancel", args=[job.pk]) in waiting
    assert 'http-equiv="refresh"' in waiting
    ended_well(job)
    done = page(client, "detail", job).content.decode()
    assert reverse("jobs:download", args=[job.pk]) in done
    assert reverse("jobs:cancel", args=[job.pk]) not in done
    assert reverse("jobs:retry", args=[job.pk]) not in done
    assert 'http-equiv="refresh"' not in done


def test_a_fragment_is_the_job_alone(client, person):
    make_kind(lambda ctx: None)
    job = ask(person)
    answer = page(client, "detail", job, headers={"HX-Request": "true", "HX-Target": "job"}).content.decode()
    assert answer.lstrip().startswith('<div id="job"')


def test_cancel_and_try_again_by_their_buttons(client, person):
    make_kind(lambda ctx: None)
    job = ask(person)
    assert "being stopped" in page(client, "cancel", job, "post", follow=True).content.decode()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "already ended" in page(client, "cancel", job, "post", follow=True).content.decode()
    assert "starts again" in page(client, "retry", job, "post", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.run) == ("queued", 2)
    ended_well(job)
    assert "still there" in page(client, "retry", job, "post", follow=True).content.decode()


def test_the_buttons_do_nothing_by_a_link(client, person):
    make_kind(lambda ctx: None)
    job = ask(person)
    assert page(client, "cancel", job).status_code == 405
    assert page(client, "retry", job).status_code == 405


def test_a_file_is_handed_out_to_be_kept_and_never_shown(client, person):
    job = done_job(person)
    answer = page(client, "download", job)
    assert b"".join(answer.streaming_content) == b"a,b\n"
    assert answer["Content-Disposition"] == 'attachment; filename="stores.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Length"] == "4"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer["Cache-Control"]


def test_the_server_of_sockets_sends_a_file_in_pieces(person):
    job = done_job(person)
    answer = result_response(AsyncRequestFactory().get("/"), job, path_of(job))

    async def fetch():
        return b"".join([piece async for piece in answer])

    assert answer.is_async
    assert answer["Content-Length"] == "4"
    assert asyncio.run(fetch()) == b"a,b\n"


def test_a_file_that_is_gone_is_not_there(client, person):
    job = done_job(person)
    Job.objects.update(result_path="")
    assert page(client, "download", job).status_code == 404
    assert "is gone" in page(client, "detail", job).content.decode()
    assert reverse("jobs:retry", args=[job.pk]) in page(client, "detail", job).content.decode()


def test_who_lost_the_permission_gets_the_file_no_more(client):
    auditor = EmployeeFactory(roles=[Role.AUDITOR], language="en")
    client.force_login(auditor)
    job = done_job(auditor, permission="core.view_auditentry")
    assert page(client, "download", job).status_code == 200
    RoleGrant.objects.filter(employee=auditor).delete()
    assert page(client, "download", job).status_code == 403
    assert "no longer allowed" in page(client, "detail", job).content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_auditor_has_the_trail_checked(client):
    auditor = EmployeeFactory(roles=[Role.AUDITOR], language="en")
    client.force_login(auditor)
    assert reverse("jobs:check-audit") in client.get(reverse("jobs:list")).content.decode()
    answer = client.post(reverse("jobs:check-audit"))
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert "already have one" in client.post(reverse("jobs:check-audit"), follow=True).content.decode()
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert "nothing was altered" in job.note


def test_nobody_else_has_the_trail_checked(client, person):
    assert reverse("jobs:check-audit") not in client.get(reverse("jobs:list")).content.decode()
    assert client.post(reverse("jobs:check-audit")).status_code == 403
