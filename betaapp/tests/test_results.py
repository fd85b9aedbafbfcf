"""Hasil Beta: store-days and problems on both sides, the sentence, the proposal, and what is decided."""

import re
from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from betaapp import problems, services
from betaapp.models import Enrollment, StablePeriod
from betaapp.selectors.results import results_of
from betaapp.services.waves import draw_wave
from betaapp.tests.factories import DAY, VersionFactory, age, manager_of, running_program, try_version
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


class Desk:
    """A helpdesk that knows these problems: (store, day, number)."""

    def __init__(self, *told):
        self.told = told

    def problem_days(self, *, application_ids, first_on, last_on):
        return [
            (application, store.pk, day, number)
            for application in application_ids
            for store, day, number in self.told
            if first_on <= day <= last_on
        ]

    def open_from_feedback(self, *, feedback_id, actor):
        raise NotImplementedError


@pytest.fixture(autouse=True)
def _no_desk():
    yield
    problems.disconnect()


@pytest.fixture
def branch():
    return BranchFactory()


@pytest.fixture
def stores(branch):
    """Two that try it, three neighbours, and one of a branch that has nothing to do with it."""
    return [*StoreFactory.create_batch(5, branch=branch), StoreFactory()]


@pytest.fixture
def program(stores):
    program = running_program(*stores[:2], version=VersionFactory(number="2.1.0"))
    age(program, 9)  # ten days until today
    program.refresh_from_db()
    return program


def result(program):
    (found,) = results_of(program)
    return found


def url(name, thing):
    return reverse(f"betaapp:{name}", args=[thing.pk])


def page_of(client, program):
    client.force_login(manager_of(program))
    return re.sub(r"\s+", " ", client.get(url("program-result", program)).content.decode())


def test_without_a_helpdesk_the_page_says_that_there_are_no_numbers_yet(client, program):
    found = result(program)
    assert (found.beta.problems, found.stable.problems, found.ratio) == (None, None, None)
    assert found.proposal == "wait"
    assert "belum ada data kendala" in page_of(client, program)


def test_problems_are_counted_where_the_store_was_on_that_day(program, stores):
    problems.connect(
        Desk(
            (stores[0], TODAY(), 3),
            (stores[1], TODAY() - 9 * DAY, 2),
            (stores[2], TODAY() - DAY, 1),
            (stores[5], TODAY(), 50),  # another branch: no neighbour
            (stores[0], TODAY() - 10 * DAY, 70),  # before it began
        )
    )
    found = result(program)

    assert (found.beta.store_days, found.beta.problems) == (20, 5)
    assert (found.stable.store_days, found.stable.problems) == (30, 1)
    assert found.beta.per_hundred == 25
    assert found.ratio.value == pytest.approx(7.5)


def test_programmes_asked_for_together_come_out_as_each_alone(program, stores, django_assert_max_num_queries):
    other = running_program(*stores[2:4], stores[5], version=VersionFactory(number="4.0.0"))
    age(other, 3)
    other.refresh_from_db()
    problems.connect(Desk((stores[0], TODAY(), 3), (stores[2], TODAY() - DAY, 1)))

    with django_assert_max_num_queries(2):
        together = results_of(program, other)

    assert {one.tried.program_id: one for one in together} == {
        program.pk: result(program),
        other.pk: result(other),
    }
    assert len({(one.beta.store_days, one.beta.problems) for one in together}) == 2


def test_closed_paused_and_other_trying_stores_are_no_neighbours(program, stores):
    shut, paused, other = stores[2:5]
    shut.closed_on = TODAY() - 5 * DAY
    shut.save()
    paused.paused_from, paused.paused_until = TODAY() - 3 * DAY, TODAY() - 2 * DAY
    paused.save()
    rival = running_program(other, version=VersionFactory(application=program.applications.get().application))
    age(rival, 1)

    assert result(program).stable.store_days == 4 + 8 + 8


def test_many_more_problems_propose_to_stop_in_one_plain_sentence(client, program, stores):
    problems.connect(Desk((stores[0], TODAY(), 20), (stores[2], TODAY(), 6)))
    found = result(program)

    assert found.proposal == "stop"
    assert found.ratio.low > 1
    page = page_of(client, program)
    assert "Versi 2.1.0: 5,0 kali lebih banyak kendala daripada toko pembanding" in page
    assert "Usul: hentikan" in page


def test_far_fewer_problems_propose_to_widen(client, program, stores):
    problems.connect(Desk((stores[0], TODAY(), 1), (stores[2], TODAY(), 40)))
    assert result(program).proposal == "widen"
    assert "Usul: ikutkan" in page_of(client, program)


def test_a_handful_of_problems_propose_nothing(client, program, stores):
    problems.connect(Desk((stores[0], TODAY(), 3)))
    assert result(program).proposal == "wait"
    assert "ada kendala di sini, tidak ada di toko pembanding" in page_of(client, program)


def test_a_programme_that_has_not_begun_has_no_days():
    program = running_program(StoreFactory(), first_on=TODAY() + DAY)
    assert result(program).beta.store_days == 0


def test_promoting_and_stopping_ask_for_a_reason(client, program):
    tried = program.applications.get()
    client.force_login(manager_of(program))

    assert client.post(url("tried-promote", tried), {"reason": ""}).status_code == 422
    assert not StablePeriod.objects.exists()
    client.post(url("tried-promote", tried), {"reason": "Lancar"})
    assert StablePeriod.objects.get().version == tried.version
    again = client.post(url("tried-stop", tried), {"reason": "Macet"})
    assert again.status_code == 422
    assert again.context["form"].non_field_errors()


def test_what_was_decided_is_not_deleted(client, program):
    tried = program.applications.get()
    try_version(program, VersionFactory())  # so that the programme goes on
    client.force_login(manager_of(program))
    client.post(url("tried-promote", tried), {"reason": "Lancar"})

    page = client.post(url("tried-remove", tried), follow=True).content.decode()

    assert "sudah diputuskan" in page
    assert program.applications.count() == 2
    assert page.count("/remove/") == 1


def test_stopping_takes_it_back_from_the_stores(client, program):
    tried = program.applications.get()
    client.force_login(manager_of(program))
    client.post(url("tried-stop", tried), {"reason": "Macet"})
    program.refresh_from_db()
    assert program.state == "ended"
    assert not Enrollment.objects.filter(days__endswith__gt=TODAY()).exists()


def test_a_manager_decides_where_all_stores_are_theirs(client, program, branch):
    tried, person = program.applications.get(), EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branch)
    client.force_login(person)
    assert client.get(url("tried-stop", tried)).status_code == 200
    far = StoreFactory()
    Enrollment.objects.create(program=program, store=far, days=(TODAY(), TODAY() + DAY))
    assert client.get(url("tried-stop", tried)).status_code == 404
    assert client.get(url("program-result", program)).status_code == 200


def test_a_wave_by_percent_takes_each_branch_its_share(program):
    branches = [BranchFactory() for _ in range(4)]
    for one in branches:
        StoreFactory.create_batch(20, branch=one)
    person = manager_of(program)

    wave = draw_wave(program, actor=person, percent=25)

    taken = Counter(one.pk for one in branches for store in one.stores.all() if store.pk in wave)
    assert set(taken.values()) <= {4, 5, 6}
    assert len(wave) == round((80 + 4) * 0.25)
    assert wave == draw_wave(program, actor=person, percent=25)


def test_the_next_wave_is_shown_before_it_is_saved(client, program, branch, stores):
    client.force_login(manager_of(program))
    address = url("program-wave", program)
    office = BranchFactory()

    assert office not in client.get(address).context["form"].fields["branches"].queryset
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"percent": "101"}).status_code == 422
    asking = client.post(address, {"branches": [branch.pk]})
    assert asking.context["wave"] == {one.pk for one in stores[2:5]}
    assert Enrollment.objects.filter(days__endswith__gt=TODAY()).count() == 2
    sent = {"branches": [branch.pk], "revision": asking.context["revision"], "confirmed": "1"}
    assert client.post(address, sent).status_code == 302
    assert Enrollment.objects.filter(days__endswith__gt=TODAY()).count() == 5
    assert client.post(address, sent).status_code == 422  # nobody is left


@pytest.mark.parametrize("count", [2, 20])
def test_pages_need_few_queries_whatever_they_show(client, program, count, django_assert_max_num_queries):
    problems.connect(Desk(*[(StoreFactory(), TODAY(), 1) for _ in range(count)]))
    for _ in range(count):
        try_version(program, VersionFactory())
    client.force_login(EmployeeFactory(roles=[Role.BETA_MANAGER]))
    client.get(url("program-result", program))
    for name in ("program-result", "program-wave"):
        with django_assert_max_num_queries(8):
            assert client.get(url(name, program)).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "program-change",
        "program-start",
        "program-end",
        "program-application-add",
        "program-wave",
        "tried-remove",
        "tried-promote",
        "tried-stop",
    ],
)
def test_no_act_opens_on_a_programme_that_has_ended(client, program, name):
    actor = manager_of(program)
    services.end_program(program=program, reason="Cukup", actor=actor)
    client.force_login(actor)
    about = program.applications.get() if name.startswith("tried") else program

    answer = client.get(reverse(f"betaapp:{name}", args=[about.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("betaapp:program-detail", args=[program.pk]), 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "Program ini sudah berakhir dan tidak dapat diubah lagi."
    ]
