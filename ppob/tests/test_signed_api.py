"""Who may call, how often, and how much: what is refused before anything is posted."""

import time

import pytest

from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob.models import ApiClient, ApiNonce, Transaction
from ppob.services.api_clients import prune_nonces, renew_secret
from ppob.tests.core import TRANSACTIONS, Core, item_of
from ppob.tests.ledger_factories import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def core() -> Core:
    return Core.make()


@pytest.fixture
def house() -> House:
    return House.make()


def refusal(response) -> tuple[int, str]:
    """Its status and code, in the API's one error shape; and nothing was posted."""
    body = response.json()
    assert set(body) == {"code", "message", "extra"}
    assert not Transaction.objects.exists()
    assert not ApiNonce.objects.exists()
    return response.status_code, body["code"]


def test_a_signed_batch_is_taken(core, house):
    response = core.report(house.sale())

    assert response.status_code == 200
    row = Transaction.objects.get()
    assert response.json() == {
        "results": [
            {
                "answer": "taken",
                "transaction": row.pk,
                "business_on": row.business_on.isoformat(),
                "exception": None,
            }
        ]
    }
    assert ApiClient.objects.get().last_seen_at is not None


@pytest.mark.parametrize(
    ("signing", "code"),
    [
        ({"secret": "another"}, "wrong_signature"),
        ({"key_id": "ppob_nobody"}, "wrong_signature"),
        ({"method": "PUT"}, None),
        ({"path": "/api/v1/ppob/holds/"}, None),
        ({"sent": b'{"transactions": [] }'}, "wrong_signature"),
        ({"off_by": -400}, "old_timestamp"),
        ({"off_by": 400}, "old_timestamp"),
        ({"nonce": "short"}, "wrong_header"),
        ({"nonce": "x" * 65}, "wrong_header"),
        ({"nonce": "a b" * 8}, "wrong_header"),
    ],
)
def test_what_is_signed_wrongly_is_refused(core, house, signing, code):
    if code is None:
        # Signed for another method or address than it is sent to.
        from django.test import Client

        from ppob.signing import authorization

        wanted = {"method": "POST", "path": TRANSACTIONS, **signing}
        header = authorization(key_id=core.client.key_id, secret=core.secret, body=b"{}", **wanted)
        response = Client(headers={"Authorization": header}).generic("POST", TRANSACTIONS, b"{}")
        code = "wrong_signature"
    else:
        if "off_by" in signing:
            signing = {"at": time.time() + signing["off_by"]}
        response = core.report(house.sale(), **signing)
    assert refusal(response) == (401, code)
    assert response["WWW-Authenticate"] == "GERAI-HMAC-SHA256"


def test_a_nonce_is_good_once(core, house):
    first = core.report(house.sale(), nonce="n" * 20)
    again = core.report(house.sale(), nonce="n" * 20)

    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "replayed_nonce")
    assert Transaction.objects.count() == 1
    # Another program may have drawn the same.
    assert Core.make().report(house.sale(), nonce="n" * 20).status_code == 200


def test_a_batch_that_is_refused_has_not_used_its_nonce(core, house):
    assert core.call(TRANSACTIONS, b"{", nonce="n" * 20).status_code == 400
    assert core.report(house.sale(), nonce="n" * 20).status_code == 200


def test_nonces_are_forgotten_when_no_signature_can_use_them(core, house):
    core.report(house.sale())
    assert prune_nonces() == 0
    ApiNonce.objects.update(at="2026-01-01T00:00:00Z")
    assert prune_nonces() == 1


def test_a_key_that_was_switched_off_or_renewed_opens_nothing(core, house):
    ApiClient.objects.update(is_active=False)
    assert refusal(core.report(house.sale())) == (401, "wrong_signature")
    ApiClient.objects.update(is_active=True)
    renew_secret(client=core.client, actor=None)
    assert refusal(core.report(house.sale())) == (401, "wrong_signature")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "parse_error"),
        (b"{", 400, "parse_error"),
        (b"[]", 400, "parse_error"),
        (b"\xff\xfe", 400, "parse_error"),
        (b"[" * 10_000, 400, "parse_error"),
        (b'{"transactions": [' + b"9" * 5000 + b"]}", 400, "parse_error"),
        (b'{"transactions": {}}', 400, "parse_error"),
        (b'{"transactions": [], "more": 1}', 400, "parse_error"),
        (b'{"transactions": [' + b",".join([b"1"] * 501) + b"]}", 400, "too_many"),
        (b'{"transactions": [' + b" " * 1_000_000 + b"]}", 413, "too_large"),
        (b" " * 10_000_000, 413, "too_large"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(core, body, status, code):
    assert refusal(core.call(TRANSACTIONS, body)) == (status, code)


def test_500_items_are_a_batch(core):
    response = core.call(TRANSACTIONS, {"transactions": [{}] * 500})
    assert [each["answer"] for each in response.json()["results"]] == ["refused"] * 500


def test_a_session_and_a_persons_key_open_nothing_here(client, house):
    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR, Role.PPOB_ADMINISTRATOR]))
    body = {"transactions": [item_of(house.sale())]}
    assert refusal(client.post(TRANSACTIONS, body, content_type="application/json"))[0] == 401


def test_a_signature_opens_nothing_else(core):
    for path in ("/api/v1/stores/", "/api/v1/machines/", "/api/schema/"):
        assert core.call(path, method="GET").status_code == 401
    for path in ("/", "/admin/", "/directory/stores/"):
        assert core.call(path, method="GET").status_code == 302


def test_a_program_that_runs_wild_is_slowed(core, house, settings):
    settings.PPOB_API_RATE = 0
    core.report(house.sale())
    response = core.report(house.sale())
    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 1 <= int(response["Retry-After"]) <= 11
