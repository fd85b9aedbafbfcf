"""What a program reads of places and people: with a token of its own, within its person's scope, a page at a time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from organization.choices import EmployeeStatus, Role
from organization.models import ApiToken, Employee
from organization.services.tokens import make_api_token, revoke_api_token
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db
STORES = reverse("api:store-list")


@pytest.fixture
def coordinator() -> Employee:
    """Of one branch with three stores; a fourth store is another branch's."""
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.COORDINATOR, branch=person.branch_office)
    StoreFactory.create_batch(3, branch=person.branch_office)
    StoreFactory(branch=BranchFactory())
    return person


def program_of(person: Employee, **options: Any) -> Client:
    _token, text = make_api_token(
        employee=person, name="Gudang", valid_for=options.pop("valid_for", timedelta(days=1)), actor=None
    )
    return Client(headers={"authorization": f"Bearer {text}"}, **options)


def test_a_program_sees_the_stores_of_its_persons_scope(coordinator):
    answer = program_of(coordinator).get(STORES)
    assert answer.status_code == 200
    assert {row["branch"] for row in answer.json()["results"]} == {coordinator.branch_office.code}
    assert len(answer.json()["results"]) == 3


def test_pages_follow_each_other_without_gap_or_repetition(coordinator):
    program, seen, address = program_of(coordinator), [], f"{STORES}?limit=2"
    while address:
        page = program.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 3


def test_a_page_costs_the_same_queries_at_any_length(coordinator, django_assert_max_num_queries):
    program = program_of(coordinator)
    for limit in (1, 3):
        with django_assert_max_num_queries(8):
            program.get(f"{STORES}?limit={limit}")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=1e3",
        "limit=%00",
        "cursor=forged",
        "cursor=%00",
        "verified=perhaps",
        "q=%00",
    ],
)
def test_what_makes_no_sense_is_refused_in_the_one_shape(coordinator, query):
    answer = program_of(coordinator).get(f"{STORES}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "extra"}


def test_a_store_of_another_branch_is_not_there(coordinator):
    stranger = StoreFactory()
    program = program_of(coordinator)
    own = coordinator.branch_office.stores.first()
    assert program.get(reverse("api:store-detail", args=[own.uuid])).status_code == 200
    refused = program.get(reverse("api:store-detail", args=[stranger.uuid]))
    assert refused.status_code == 404
    assert refused.json()["code"] == "not_found"


def test_a_person_is_shown_without_phone_and_mail(coordinator):
    EmployeeFactory(branch_office=coordinator.branch_office, phone="0812", email="a@example.id")
    rows = program_of(coordinator).get(reverse("api:employee-list")).json()["results"]
    assert rows
    assert all({"phone", "email"}.isdisjoint(row) for row in rows)


def test_without_a_role_nothing_is_read():
    assert program_of(EmployeeFactory()).get(STORES).status_code == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer gerai_forged", "Bearer a b", "Bearer \xff", "Basic abc"]
)
def test_without_a_good_token_nobody_is_known(header):
    answer = Client(headers={"authorization": header}).get(STORES)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_with_its_time_its_revocation_and_its_persons_account(coordinator):
    late = program_of(coordinator)
    ApiToken.objects.update(
        created_at=timezone.now() - timedelta(days=3), expires_at=timezone.now() - timedelta(days=1)
    )
    assert late.get(STORES).status_code == 401

    revoked = program_of(coordinator)
    revoke_api_token(token=ApiToken.objects.latest("pk"), actor=None)
    assert revoked.get(STORES).status_code == 401

    frozen = program_of(coordinator)
    Employee.objects.filter(pk=coordinator.pk).update(status=EmployeeStatus.FROZEN)
    assert frozen.get(STORES).status_code == 401


def test_whoever_must_change_the_pin_reads_nothing(coordinator):
    Employee.objects.filter(pk=coordinator.pk).update(must_change_pin=True)
    assert program_of(coordinator).get(STORES).status_code == 403


def test_a_session_of_the_portal_reads_too_but_changes_nothing(coordinator):
    browser = Client()
    browser.force_login(coordinator)
    assert browser.get(STORES).status_code == 200
    assert browser.post(STORES, {}, content_type="application/json").status_code == 405


def test_only_the_digest_of_a_token_is_kept_and_its_making_is_recorded(coordinator):
    _token, text = make_api_token(
        employee=coordinator, name="Gudang", valid_for=timedelta(days=4000), actor=coordinator
    )
    kept = ApiToken.objects.get()
    assert text not in str(kept.__dict__)
    assert kept.expires_at < timezone.now() + timedelta(days=367)
    assert AuditEntry.objects.filter(act="api_token.made", object_uuid=kept.uuid).exists()


def test_the_command_makes_a_token_that_works(coordinator, capsys):
    call_command("api_token", "--nik", coordinator.nik, "--name", "Gudang")
    text = capsys.readouterr().out.split()[0]
    assert Client(headers={"authorization": f"Bearer {text}"}).get(STORES).status_code == 200
    with pytest.raises(CommandError, match="Nobody"):
        call_command("api_token", "--nik", "99999", "--name", "Gudang")


def test_the_document_and_its_page_are_for_employees(coordinator):
    assert Client().get(reverse("api-schema")).status_code in (401, 403)
    browser = Client()
    browser.force_login(coordinator)
    assert browser.get(reverse("api-schema")).status_code == 200
    page = browser.get(reverse("api-docs")).content.decode()
    assert "http" not in "".join(part.split('"')[0] for part in page.split('src="')[1:])
