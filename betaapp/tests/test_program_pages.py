"""The page "Beta-app" as its people use it: the yellow field, a new programme, its applications, what is refused."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from betaapp.models import BetaProgram, ProgramApplication
from betaapp.tests.factories import (
    ApplicationFactory,
    BetaProgramFactory,
    VersionFactory,
    manager_of,
    running_program,
    stable,
    try_version,
)
from organization.choices import Role
from organization.tests.factories import (
    BranchFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db
PROGRAM, ADD = reverse("betaapp:program"), reverse("betaapp:program-add")


@pytest.fixture
def program():
    return BetaProgramFactory(name="Kasir 2.1")


@pytest.fixture
def manager(client, program):
    person = manager_of(program)
    client.force_login(person)
    return person


def url(name, thing):
    return reverse(f"betaapp:{name}", args=[thing.pk])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_yellow_field_lists_programmes_and_narrows(client, manager, program):
    BetaProgramFactory(name="Absensi 4")
    page = client.get(PROGRAM)
    assert reverse("betaapp:program-choices") in text_of(page)

    every = text_of(client.get(reverse("betaapp:program-choices"), headers={"HX-Request": "true"}))
    some = text_of(client.get(reverse("betaapp:program-choices"), {"q": "kas"}))

    assert "Kasir 2.1" in every
    assert "Absensi 4" in every
    assert "<html" not in every
    assert "Kasir 2.1" in some
    assert "Absensi 4" not in some
    assert f"{url('program-detail', program)}?chosen=1" in some


def test_choosing_fills_the_page_with_a_notice(client, manager, program):
    tried = try_version(program, VersionFactory(number="2.1.0"))

    page = text_of(client.get(url("program-detail", program), {"chosen": 1}))

    for shown in (program.name, program.made_by.name, program.made_by.nik, tried.application.name, "2.1.0"):
        assert shown in page
    assert "data-notice" in page
    assert "data-notice" not in text_of(client.get(url("program-detail", program)))


def test_a_new_programme_is_saved_said_and_filled_in(client, manager):
    today = timezone.localdate()
    answer = client.post(
        ADD, {"name": "Absensi 4", "first_on": today, "last_on": today, "new_stores": "out"}, follow=True
    )

    made = BetaProgram.objects.get(name="Absensi 4")
    assert answer.redirect_chain[-1][0] == url("program-detail", made)
    assert "Absensi 4" in text_of(answer)
    assert made.made_by == manager
    assert [str(message) for message in answer.context["messages"]]


def test_what_is_not_filled_in_is_said_beside_each_field(client, manager):
    with translation.override("id"):
        answer = client.post(ADD, {"name": "Absensi 4"})

    assert answer.status_code == 422
    assert text_of(answer).count("Ada form yang belum terisi") >= 2
    assert 'value="Absensi 4"' in text_of(answer)
    assert answer.context["form"].errors.keys() == {"first_on", "last_on", "new_stores"}
    assert BetaProgram.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-02-10", "2026-02-09", "last_on"),
        ("kemarin", "2026-02-09", "first_on"),
        ("0001-01-01", "9999-12-31", "first_on"),
    ],
)
def test_days_that_make_no_sense_are_refused_beside_the_field(client, manager, first, last, field):
    answer = client.post(ADD, {"name": "X", "first_on": first, "last_on": last, "new_stores": "out"})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert BetaProgram.objects.count() == 1


def test_an_application_is_chosen_and_its_facts_are_filled_in(client, manager, program):
    version = VersionFactory(application=ApplicationFactory(name="Kasir", description="Aplikasi kasir"))
    stable(VersionFactory(application=version.application, number="1.9.0"))
    add = url("program-application-add", program)

    choices = text_of(client.get(url("program-application-choices", program), {"q": "kasir"}))
    assert f"{add}?application={version.application.pk}" in choices
    page = text_of(client.get(add, {"application": version.application.pk}))
    assert "Aplikasi kasir" in page
    assert "1.9.0" in page
    answer = client.post(add, {"application": version.application.pk, "version": version.pk}, follow=True)

    assert answer.redirect_chain[-1][0] == url("program-detail", program)
    assert program.applications.get().version == version
    assert f"{add}?application={version.application.pk}" not in text_of(
        client.get(url("program-application-choices", program))
    )


def test_an_incomplete_application_is_said_beside_its_field(client, manager, program):
    add = url("program-application-add", program)
    with translation.override("id"):
        nothing = client.post(add, {})
        half = client.post(add, {"application": ApplicationFactory().pk})

    assert (nothing.status_code, half.status_code) == (422, 422)
    assert text_of(nothing).count("Ada form yang belum terisi") >= 2
    assert half.context["form"].errors.keys() == {"version"}
    assert not ProgramApplication.objects.exists()


def test_a_version_of_another_application_is_refused(client, manager, program):
    answer = client.post(
        url("program-application-add", program),
        {"application": ApplicationFactory().pk, "version": VersionFactory().pk},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"version"}
    assert not ProgramApplication.objects.exists()


def test_a_step_back_without_a_reason_is_asked_for_one(client, manager, program):
    old = VersionFactory(number="1.0.0")
    stable(VersionFactory(application=old.application, number="2.0.0"))
    add, fields = (
        url("program-application-add", program),
        {"application": old.application_id, "version": old.pk},
    )

    assert client.post(add, fields).context["form"].errors.keys() == {"reason"}
    assert client.post(add, fields | {"reason": "Struk"}).status_code == 302


def test_removing_asks_first_and_says_so(client, manager, program):
    tried = try_version(program, VersionFactory())
    asking = client.get(url("tried-remove", tried))
    assert url("program-detail", program) in text_of(asking)  # "Batal"
    assert ProgramApplication.objects.exists()

    answer = client.post(url("tried-remove", tried), follow=True)

    assert not ProgramApplication.objects.exists()
    assert tried.application.name in str(next(iter(answer.context["messages"])))


def test_starting_and_ending_from_the_page(client, manager, program):
    refused = client.post(url("program-start", program), follow=True)
    assert "Tambahkan aplikasi" in str(next(iter(refused.context["messages"])))
    try_version(program, VersionFactory())

    client.post(url("program-start", program))
    program.refresh_from_db()
    assert program.state == "running"
    assert client.post(url("program-end", program), {"reason": ""}).status_code == 422
    client.post(url("program-end", program), {"reason": "Cukup"})
    program.refresh_from_db()
    assert program.state == "ended"
    late = client.post(url("program-change", program), {"name": "Y"} | _days(program))
    assert late.status_code == 422
    assert late.context["form"].non_field_errors()


def _days(program):
    return {"first_on": program.first_on, "last_on": program.last_on, "new_stores": "out"}


def test_saving_without_a_change_says_so(client, manager, program):
    answer = client.post(url("program-change", program), {"name": program.name} | _days(program), follow=True)
    assert "Belum melakukan perubahan" in str(next(iter(answer.context["messages"])))


def test_of_two_who_change_a_programme_the_second_is_shown_what_the_first_saved(client, manager, program):
    address = url("program-change", program)
    seen = client.get(address).context["form"]["seen"].value()
    assert seen in html.unescape(text_of(client.get(address)))
    days = _days(program) | {"new_stores": program.new_stores}
    client.post(address, days | {"name": "Kasir 2.2", "seen": seen})

    second = client.post(address, days | {"name": "Kasir 2.3", "seen": seen})

    assert second.status_code == 422
    assert "“Kasir 2.2”" in text_of(second)
    assert second.context["form"]["name"].value() == "Kasir 2.3"
    program.refresh_from_db()
    assert program.name == "Kasir 2.2"
    again = second.context["form"]["seen"].value()
    assert client.post(address, days | {"name": "Kasir 2.3", "seen": again}).status_code == 302
    program.refresh_from_db()
    assert program.name == "Kasir 2.3"


def test_another_divisions_programme_is_looked_at_and_not_changed(client, program):
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.BETA_MANAGER, division=DivisionFactory())
    client.force_login(person)

    page = client.get(url("program-detail", program))

    assert page.status_code == 200
    assert url("program-change", program) not in text_of(page)
    for name in ("program-change", "program-start", "program-end", "program-application-add"):
        assert client.get(url(name, program)).status_code == 404
        assert client.post(url(name, program)).status_code == 404


def test_a_branch_sees_the_programmes_of_its_stores_alone(client):
    ours, theirs = StoreFactory(), StoreFactory(branch=BranchFactory())
    mine, other = running_program(ours, name="Ikut"), running_program(theirs, name="Program Jauh")
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=ours.branch)
    client.force_login(person)

    listed = text_of(client.get(reverse("betaapp:program-list")))

    assert "Ikut" in listed
    assert "Program Jauh" not in listed
    assert client.get(url("program-detail", mine)).status_code == 200
    assert client.get(url("program-detail", other)).status_code == 404


@pytest.mark.parametrize("count", [2, 20])
def test_pages_need_few_queries_whatever_they_show(client, program, count, django_assert_max_num_queries):
    person = EmployeeFactory(roles=[Role.BETA_MANAGER])
    client.force_login(person)
    for _ in range(count):
        try_version(program, VersionFactory())
        running_program(StoreFactory())
    client.get(PROGRAM)
    for address in (
        reverse("betaapp:program-list"),
        url("program-detail", program),
        reverse("betaapp:program-choices"),
        url("program-application-choices", program),
        url("program-application-add", program),
    ):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200


def test_the_list_filters_and_searches(client, manager, program):
    running_program(name="Absensi 4")
    found = client.get(reverse("betaapp:program-list"), {"state": "running"}).context["list"].rows
    assert [one.name for one in found] == ["Absensi 4"]
    found = client.get(reverse("betaapp:program-list"), {"q": "kasir"}).context["list"].rows
    assert [one.name for one in found] == ["Kasir 2.1"]
    assert client.post(reverse("betaapp:program-list"), {"format": "csv"}).status_code == 200


def test_versions_are_made_in_the_admin_within_the_division(client, manager):
    mine, other = ApplicationFactory(division=manager.division), ApplicationFactory()
    add = reverse("admin:betaapp_version_add")
    fields = {"number": "2.1.0", "released_on": "2026-02-01", "notes": ""}

    assert client.post(add, fields | {"application": mine.pk}).status_code == 302
    assert client.post(add, fields | {"application": other.pk}).status_code == 200
    nonsense = client.post(add, fields | {"application": mine.pk, "number": "dua koma satu"})
    twice = client.post(add, fields | {"application": mine.pk})
    assert "number" in nonsense.context["adminform"].form.errors
    assert twice.context["adminform"].form.errors
    assert mine.versions.count() == 1
    assert not other.versions.exists()


def test_a_version_becomes_stable_by_an_act_that_asks(client, manager):
    version = VersionFactory(application=ApplicationFactory(division=manager.division))
    changelist = reverse("admin:betaapp_version_changelist")
    chosen = {"action": "make_stable", "_selected_action": version.pk}

    assert client.post(changelist, chosen).status_code == 200
    assert not version.stable_periods.exists()
    client.post(changelist, chosen | {"confirmed": "1", "reason": ""})
    assert version.stable_periods.filter(during__contains=timezone.now() + timedelta(seconds=1)).exists()
