"""`version_at`: inside a programme it always has an answer, and never two for one computer, whatever happened."""

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from betaapp.choices import Source
from betaapp.exceptions import BetaError
from betaapp.models import BetaProgram, Device, StoreTrial
from betaapp.selectors.versions import planned_at, version_at
from betaapp.services import (
    add_application,
    change_stores,
    confirm_version,
    end_program,
    hear,
    make_program,
    make_stable,
    promote,
    start_program,
    stop,
)
from betaapp.services.heartbeats import Said
from betaapp.tests.factories import ApplicationFactory, VersionFactory, running_program, stable
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db
# Ten in the morning in Jakarta, today: the audit trail has partitions for now and for the weeks to come.
START = datetime.combine(timezone.localdate(), time(3), tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def application(db):
    return ApplicationFactory(code="KASIR")


@pytest.fixture
def store(db):
    return StoreFactory()


def only(found):
    (one,) = found
    return one


def test_planned_is_the_trial_inside_and_the_stable_version_outside(application, store):
    old, new = (VersionFactory(application=application, number=number) for number in ("1.0.0", "2.0.0"))
    with time_machine.travel(START, tick=False):
        stable(old, since=START - 30 * DAY)
        program = running_program(store, version=new)

    last = datetime.combine(program.last_on, START.timetz())
    assert only(version_at(store, application, START)).version == new
    assert only(version_at(store, application, last)).version == new
    assert only(version_at(store, application, last + DAY)).version == old
    assert only(version_at(store, application, START - DAY)).version == old
    assert version_at(store, application, START - 31 * DAY) == frozenset()


def test_a_day_begins_at_the_stores_own_midnight(application):
    store = StoreFactory(branch__time_zone="Asia/Jayapura")
    with time_machine.travel(START, tick=False):
        program = running_program(store, version=VersionFactory(application=application))
    midnight = (
        datetime(program.first_on.year, program.first_on.month, program.first_on.day, tzinfo=UTC) - 9 * HOUR
    )

    assert version_at(store, application, midnight - timedelta(seconds=1)) == frozenset()
    assert version_at(store, application, midnight)


def test_the_latest_evidence_wins_and_each_computer_speaks_for_itself(application, store):
    planned, reported, seen = (
        VersionFactory(application=application, number=number) for number in ("3.0.0", "1.0.0", "2.0.0")
    )
    person = EmployeeFactory()
    with time_machine.travel(START, tick=False):
        running_program(store, version=planned)
    for name in ("kasir-1", "kasir-2"):
        with time_machine.travel(START + 2 * DAY):
            hear(store=store, said=[Said(name, "till", {"KASIR": reported.number})], at=START + HOUR)
    till, other = Device.objects.order_by("name")

    assert only(version_at(store, application, START)).source == Source.PLANNED
    both = version_at(store, application, START + 2 * HOUR)
    assert {(one.device, one.version, one.source) for one in both} == {
        (till, reported, Source.REPORTED), (other, reported, Source.REPORTED)
    }  # fmt: skip
    confirm_version(
        store=store, application=application, version=seen, device=till, actor=person, at=START + 3 * HOUR
    )
    after = START + 4 * HOUR
    assert only(version_at(store, application, after, till)).source == Source.CONFIRMED
    assert only(version_at(store, application, after, other)).version == reported
    # The computer speaks again, later than the visit.
    with time_machine.travel(START + 2 * DAY):
        hear(store=store, said=[Said("kasir-1", "till", {"KASIR": reported.number})], at=START + 5 * HOUR)
    assert only(version_at(store, application, START + 6 * HOUR, till)).source == Source.REPORTED
    assert planned_at(store, application, after).version == planned


VERSIONS = ("1.0.0", "2.0.0", "3.0.0")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("join", "leave", "end", "begin", "promote", "stop", "stable", "heartbeat", "late", "confirm")
        ),
        st.integers(0, 2),
        st.integers(0, 30),
    ),
    max_size=14,
)


class Life:
    """A store in a month of programmes, as its people and computers bring it about."""

    def __init__(self) -> None:
        self.store, self.person = StoreFactory(), EmployeeFactory()
        self.application = ApplicationFactory(code="KASIR")
        self.versions = [VersionFactory(application=self.application, number=one) for one in VERSIONS]
        self.now = START
        self.program: BetaProgram | None = None
        # What a plain reading of the acts says: on which days the store takes part, and with which version.
        self.trials: dict[object, object] = {}

    def act(self, name: str, which: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with time_machine.travel(self.now, tick=False), transaction.atomic():
            try:
                with transaction.atomic():
                    getattr(self, f"do_{name}")(self.versions[which])
            except BetaError:
                return
        if name in ("heartbeat", "late", "confirm", "stable"):
            return
        self.follow(name, self.versions[which])

    @property
    def today(self):
        return (self.now + 7 * HOUR).date()

    def follow(self, name: str, version: object) -> None:
        ahead = [day for day in self.trials if day >= self.today]
        if name in ("end", "leave", "stop", "begin"):
            for day in ahead:
                del self.trials[day]
        if name in ("join", "begin") and self.program and self.program.state == "running":
            tried = self.program.applications.exclude(decision="stopped").first()
            day = self.today
            while tried and day <= self.program.last_on:
                self.trials[day] = tried.version
                day += DAY
        if self.program:
            self.program.refresh_from_db()
            if self.program.state == "ended":
                for day in [one for one in self.trials if one >= self.today]:
                    del self.trials[day]

    def do_begin(self, version) -> None:
        if self.program and self.program.state == "running":
            end_program(program=self.program, actor=self.person)
        self.program = make_program(
            name="Uji", first_on=self.today, last_on=self.today + 9 * DAY, new_stores="out", actor=self.person
        )
        add_application(
            program=self.program,
            application=self.application,
            version=version,
            reason="Uji",
            actor=self.person,
        )
        change_stores(program=self.program, add=[self.store.pk], remove=(), revision=0, actor=None)
        self.program = start_program(program=self.program, actor=self.person)

    def do_end(self, version) -> None:
        if self.program:
            end_program(program=self.program, actor=self.person)

    def do_join(self, version) -> None:
        self._stores(add=[self.store.pk])

    def do_leave(self, version) -> None:
        self._stores(remove=[self.store.pk])

    def _stores(self, add=(), remove=()) -> None:
        if self.program:
            self.program.refresh_from_db()
            change_stores(
                program=self.program, add=add, remove=remove, revision=self.program.revision, actor=None
            )

    def do_promote(self, version) -> None:
        if self.program:
            promote(tried=self.program.applications.get(), reason="Baik", actor=self.person)

    def do_stop(self, version) -> None:
        if self.program:
            stop(tried=self.program.applications.get(), reason="Buruk", actor=self.person)

    def do_stable(self, version) -> None:
        make_stable(version=version, actor=None, reason="Balik")

    def do_heartbeat(self, version) -> None:
        said = [Said(name, "till", {"KASIR": version.number}) for name in ("kasir-1", "kasir-2")]
        hear(store=self.store, said=said, at=self.now)

    def do_late(self, version) -> None:
        said = [Said("kasir-1", "till", {"KASIR": version.number})]
        hear(store=self.store, said=said, at=self.now - 26 * HOUR)

    def do_confirm(self, version) -> None:
        confirm_version(store=self.store, application=self.application, version=version, actor=self.person)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(ACTS)
def test_there_is_one_answer_for_each_computer_at_every_moment(db, acts):
    with transaction.atomic():
        life = Life()
        for name, which, hours in acts:
            life.act(name, which, hours)

        moment = START - DAY
        while moment < life.now + 12 * DAY:
            day = (moment + 7 * HOUR).date()
            found = version_at(life.store, life.application, moment)
            plan = planned_at(life.store, life.application, moment)
            by_computer = [one.device for one in found]
            assert len(by_computer) == len(set(by_computer)), "two answers for one computer"
            if day in life.trials:
                assert plan is not None
                assert plan.version == life.trials[day]
                assert found, "no answer inside a programme"
            else:
                assert plan is None or plan.trial is None
            for device in life.store.devices.filter(first_heard_at__lte=moment):
                assert (
                    len(version_at(life.store, life.application, moment, device))
                    == (1 if plan or device.pk in {one.pk for one in by_computer if one} else 0)
                    or plan is None
                )
            moment += 31 * HOUR
        spans = sorted(
            (trial.days.lower, trial.days.upper) for trial in StoreTrial.objects.filter(store=life.store)
        )
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
        transaction.set_rollback(True)
