import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from monitoring.choices import Status
from monitoring.models import LoadRun
from monitoring.tasks import run_load
from monitoring.tests.pages import PolledMachineFactory
from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


class Queue:
    """Stands where the broker stands, and remembers what was asked for."""

    def __init__(self) -> None:
        self.runs: list[int] = []

    def __call__(self, args: tuple[int, ...], **options: object) -> None:
        self.runs += args


@pytest.fixture
def queue(monkeypatch):
    queue = Queue()
    monkeypatch.setattr(run_load, "apply_async", queue)
    return queue


def post(client, machine):
    return client.post(reverse("monitoring:machine-load", args=[machine.pk]))


def words_of(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_monitoring_admin_loads_this_host_once_at_a_time(client, queue):
    host = PolledMachineFactory(local=True, status=Status.SAFE)
    client.force_login(EmployeeFactory(roles=[Role.MONITORING_ADMIN]))

    first, second = post(client, host), post(client, host)

    assert first.url == second.url == reverse("monitoring:machine-detail", args=[host.pk])
    assert queue.runs == list(LoadRun.objects.values_list("pk", flat=True))
    assert len(queue.runs) == 1
    assert words_of(second)


def test_another_machine_is_never_loaded(client, queue):
    machine = PolledMachineFactory(status=Status.SAFE)
    client.force_login(EmployeeFactory(roles=[Role.MONITORING_ADMIN]))

    response = post(client, machine)

    assert response.status_code == 302
    assert words_of(response)
    assert not LoadRun.objects.exists()


def test_who_may_only_look_has_no_button_and_no_way_around_it(client, queue):
    pic = EmployeeFactory(roles=[Role.MACHINE_PIC])
    host = PolledMachineFactory(local=True, status=Status.SAFE, pics=[pic])
    client.force_login(pic)

    assert (
        "data-load-form"
        not in client.get(reverse("monitoring:machine-detail", args=[host.pk])).content.decode()
    )
    assert post(client, host).status_code == 403
    assert not LoadRun.objects.exists()


def test_a_link_loads_nothing(client, queue):
    host = PolledMachineFactory(local=True, status=Status.SAFE)
    client.force_login(EmployeeFactory(roles=[Role.MONITORING_ADMIN]))

    assert client.get(reverse("monitoring:machine-load", args=[host.pk])).status_code == 405


def test_without_a_broker_the_person_is_told_and_the_next_try_is_free(client, monkeypatch):
    from kombu.exceptions import OperationalError

    def refuse(args: tuple[int, ...], **options: object) -> None:
        raise OperationalError

    monkeypatch.setattr(run_load, "apply_async", refuse)
    host = PolledMachineFactory(local=True, status=Status.SAFE)
    client.force_login(EmployeeFactory(roles=[Role.MONITORING_ADMIN]))

    assert words_of(post(client, host))
    assert not LoadRun.objects.filter(ended_at=None).exists()
