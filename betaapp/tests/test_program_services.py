"""A programme's life: what it may become, what its stores run meanwhile, and what is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from betaapp import services
from betaapp.exceptions import (
    AllOver,
    AlreadyInProgram,
    AlreadyStable,
    Begun,
    Conflicting,
    NotADraft,
    NotItsVersion,
    ProgramEnded,
    StepBack,
    WithoutApplications,
)
from betaapp.models import ProgramApplication, StablePeriod, StoreTrial
from betaapp.selectors.catalogue import stable_version_of
from betaapp.tests.factories import (
    DAY,
    ApplicationFactory,
    BetaProgramFactory,
    VersionFactory,
    age,
    manager_of,
    running_program,
    stable,
    try_version,
)
from organization.models import Store
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def spans(program):
    return [
        (trial.days.lower, trial.days.upper - DAY) for trial in StoreTrial.objects.filter(program=program)
    ]


def test_a_draft_tries_nothing_and_a_running_programme_tries_at_its_stores():
    store = StoreFactory()
    program = BetaProgramFactory()
    tried = try_version(program, VersionFactory())
    services.change_stores(program=program, add=[store.pk], remove=(), revision=0, actor=None)
    assert not StoreTrial.objects.exists()

    services.start_program(program=program, actor=program.made_by)

    trial = StoreTrial.objects.get()
    assert (trial.store, trial.version, trial.application) == (store, tried.version, tried.application)
    assert spans(program) == [(program.first_on, program.last_on)]


def test_without_applications_nothing_starts():
    with pytest.raises(WithoutApplications):
        services.start_program(program=BetaProgramFactory(), actor=None)


def test_what_is_over_does_not_start_and_what_runs_does_not_start_again():
    over = BetaProgramFactory(first_on=TODAY() - 9 * DAY, last_on=TODAY() - DAY)
    try_version(over, VersionFactory())
    with pytest.raises(AllOver):
        services.start_program(program=over, actor=over.made_by)
    with pytest.raises(NotADraft):
        services.start_program(program=running_program(), actor=None)


def test_a_late_start_begins_today_and_not_before():
    program = running_program(StoreFactory(), first_on=TODAY() - 5 * DAY)

    assert spans(program) == [(TODAY(), program.last_on)]


def test_an_early_end_keeps_what_was_and_takes_what_was_to_come():
    program = running_program(StoreFactory())
    age(program, 3)

    services.end_program(program=program, actor=program.made_by)

    assert spans(program) == [(TODAY() - 3 * DAY, TODAY() - DAY)]
    with pytest.raises(ProgramEnded):
        services.end_program(program=program, actor=program.made_by)


def test_new_days_are_followed_by_the_stores():
    program = running_program(StoreFactory())
    later = program.last_on + 7 * DAY

    assert services.change_program(program=program, new={"last_on": later}, actor=program.made_by)
    assert spans(program) == [(program.first_on, later)]
    assert not services.change_program(program=program, new={"last_on": later}, actor=program.made_by)
    with pytest.raises(Begun):
        services.change_program(program=program, new={"first_on": TODAY() + DAY}, actor=program.made_by)
    begun = running_program(first_on=TODAY() - 5 * DAY)
    with pytest.raises(AllOver):
        services.change_program(program=begun, new={"last_on": TODAY() - DAY}, actor=program.made_by)


def test_two_running_programmes_never_try_two_versions_at_one_store():
    store, other, application = StoreFactory(), StoreFactory(), ApplicationFactory()
    one, two = VersionFactory(application=application), VersionFactory(application=application)
    first = running_program(store, version=one)
    second = running_program(other, version=two)

    with pytest.raises(Conflicting) as refused:
        services.change_stores(program=second, add=[store.pk], remove=(), revision=1, actor=None)
    assert refused.value.stores == {store.code: first.name}
    # The same version twice is no contradiction.
    running_program(store, version=one)


def test_the_database_refuses_two_versions_at_one_store_whoever_writes_them():
    store, application = StoreFactory(), ApplicationFactory()
    running_program(store, version=VersionFactory(application=application))
    trial = StoreTrial.objects.get()
    trial.pk, trial.version = None, VersionFactory(application=application)
    with pytest.raises(IntegrityError, match="store_tries_one_version"), transaction.atomic():
        trial.save(force_insert=True)


def test_the_database_refuses_a_version_of_another_application():
    with pytest.raises(IntegrityError, match="version_of_application"), transaction.atomic():
        ProgramApplication.objects.create(
            program=BetaProgramFactory(), application=ApplicationFactory(), version=VersionFactory()
        )
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_application_joins_a_running_programme_from_today_on():
    program = running_program(StoreFactory())
    version = VersionFactory()

    services.add_application(
        program=program, application=version.application, version=version, actor=program.made_by
    )

    assert StoreTrial.objects.filter(version=version).count() == 1
    with pytest.raises(AlreadyInProgram):
        services.add_application(
            program=program, application=version.application, version=version, actor=program.made_by
        )
    with pytest.raises(NotItsVersion):
        services.add_application(
            program=program, application=ApplicationFactory(), version=version, actor=program.made_by
        )


def test_a_step_back_needs_a_reason():
    application = ApplicationFactory()
    old, new = (VersionFactory(application=application, number=number) for number in ("1.9.0", "1.10.0"))
    stable(new)
    program = BetaProgramFactory()
    ask = {"program": program, "application": application, "version": old, "actor": program.made_by}

    with pytest.raises(StepBack):
        services.add_application(**ask)
    assert services.add_application(**ask, reason="Struk tidak tercetak").reason == "Struk tidak tercetak"
    with pytest.raises(StepBack):
        services.make_stable(version=old, actor=None)
    services.make_stable(version=old, actor=None, reason="Struk")
    assert stable_version_of(application) == old


def test_stable_versions_follow_each_other_without_gap():
    application = ApplicationFactory()
    versions = [VersionFactory(application=application, number=f"1.{n}.0") for n in range(3)]
    moments = [timezone.now() - timedelta(days=days) for days in (30, 20, 10)]
    for version, moment in zip(versions, moments, strict=True):
        services.make_stable(version=version, actor=None, since=moment)

    periods = list(StablePeriod.objects.order_by("during"))
    assert [period.during.lower for period in periods] == moments
    assert [period.during.upper for period in periods] == [*moments[1:], None]
    with pytest.raises(AlreadyStable):
        services.make_stable(version=versions[-1], actor=None)


def test_promoting_and_stopping_decide_and_the_last_decision_ends_the_programme():
    program = running_program(StoreFactory())
    second = VersionFactory()
    services.add_application(
        program=program, application=second.application, version=second, actor=program.made_by
    )
    age(program, 2)
    good, bad = program.applications.order_by("pk")

    services.promote(tried=good, reason="Lancar", actor=program.made_by)
    assert stable_version_of(good.application) == good.version
    services.stop(tried=bad, reason="Sering macet", actor=program.made_by)

    program.refresh_from_db()
    assert program.state == "ended"
    assert StoreTrial.objects.filter(version=bad.version).get().days.upper == TODAY()


def test_a_programme_is_of_its_makers_division():
    program = BetaProgramFactory()
    person = manager_of(program)
    made = services.make_program(
        name="Kasir 2.1", first_on=TODAY(), last_on=TODAY(), new_stores="out", actor=person
    )
    assert made.division == program.division
    assert (
        services.make_program(
            name="Kasir 2.2", first_on=TODAY(), last_on=TODAY(), new_stores="out", actor=EmployeeFactory()
        ).division
        is None
    )


def change(program, *, add=(), remove=()):
    program.refresh_from_db()
    return services.change_stores(
        program=program,
        add=[one.pk for one in add],
        remove=[one.pk for one in remove],
        revision=program.revision,
        actor=None,
    )


def test_a_store_that_left_a_draft_whose_first_day_is_past_can_come_back_and_the_draft_can_start():
    stays, back = StoreFactory.create_batch(2)
    program = BetaProgramFactory(first_on=TODAY() - 2 * DAY)
    try_version(program, VersionFactory())
    change(program, add=[stays, back])
    change(program, remove=[back])
    assert set(program.enrollments.values_list("store", flat=True)) == {stays.pk}
    change(program, add=[back])
    change(program, remove=[stays])

    services.start_program(program=program, actor=program.made_by)

    assert {trial.store for trial in StoreTrial.objects.all()} == {back}
    assert spans(program) == [(TODAY(), program.last_on)]


@pytest.mark.parametrize("state", ["draft", "running"])
def test_nobody_joins_a_programme_whose_last_day_has_passed(state):
    store, late = StoreFactory.create_batch(2)
    program = running_program(store) if state == "running" else BetaProgramFactory()
    age(program, 20)
    type(program).objects.filter(pk=program.pk).update(last_on=TODAY() - DAY)

    with pytest.raises(AllOver):
        change(program, add=[late])
    assert not late.beta_enrollments.exists()


@pytest.mark.parametrize("by", [-35, 35])
def test_a_draft_that_is_put_off_or_drawn_forward_keeps_its_stores(by):
    store = StoreFactory()
    first = TODAY() + 40 * DAY
    program = BetaProgramFactory(first_on=first, last_on=first + 9 * DAY)
    change(program, add=[store])

    new = {"first_on": first + by * DAY, "last_on": first + (by + 9) * DAY}
    services.change_program(program=program, new=new, actor=program.made_by)

    days = program.enrollments.get().days
    assert (days.lower, days.upper - DAY) == (new["first_on"], new["last_on"])


@pytest.mark.django_db(transaction=True)
def test_of_two_programmes_that_take_a_store_at_the_same_time_the_second_is_told():
    store, application = StoreFactory(), ApplicationFactory()
    one, other = (
        running_program(version=VersionFactory(application=application, number=number))
        for number in ("2.1.0", "2.2.0")
    )
    outcome, asked = [], threading.Event()

    def second() -> None:
        try:
            asked.set()
            outcome.append(change(other, add=[store]))
        except Exception as refused:  # noqa: BLE001  told to the test's own thread
            outcome.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        change(one, add=[store])
        thread.start()
        asked.wait()
        thread.join(0.5)
        assert not outcome, "the second waits for the first"
    thread.join()

    assert isinstance(outcome[0], Conflicting)
    assert outcome[0].stores == {store.code: one.name}
    assert StoreTrial.objects.get().program == one


@pytest.mark.django_db(transaction=True)
def test_a_save_and_an_import_hold_stores_in_the_same_order():
    """Rows go in scattered; taken in their order, stores would be held from both ends at once."""
    stores = sorted((StoreFactory() for _ in range(30)), key=lambda store: store.pk)
    program = running_program(version=VersionFactory())
    outcome, asked = [], threading.Event()

    def save() -> None:
        try:
            asked.set()
            outcome.append(change(program, add=stores))
        except Exception as refused:  # noqa: BLE001  told to the test's own thread
            outcome.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=save)
    with transaction.atomic():
        list(Store.objects.select_for_update().filter(pk=stores[0].pk))
        thread.start()
        asked.wait()
        thread.join(0.5)
        assert not outcome, "the save waits for the import"
        list(Store.objects.select_for_update().order_by("pk").filter(pk__in=[store.pk for store in stores]))
    thread.join()

    assert not isinstance(outcome[0], Exception), outcome[0]
    assert program.enrollments.count() == len(stores)
