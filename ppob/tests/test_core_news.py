"""Balances, lines and messages that the core tells of."""

from datetime import UTC, datetime, timedelta

import pytest

from ppob.models import Connection, Message, ReportedBalance
from ppob.services.core_news import masked
from ppob.tests.core import Core
from ppob.tests.ledger_factories import make_biller

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def core() -> Core:
    return Core.make()


@pytest.fixture
def line() -> Connection:
    return Connection.objects.create(biller=make_biller(), code="LINE", address="10.0.0.1", port=9000)


def test_a_billers_own_figure_is_kept_once(core):
    biller = make_biller()
    items = [
        {"biller": biller.code, "amount": -500, "at": AT.isoformat()},
        {"biller": biller.code, "amount": -500, "at": AT.isoformat()},
        {"biller": "NONE", "amount": 5, "at": AT.isoformat()},
        {"biller": biller.code, "amount": 1.5, "at": AT.isoformat()},
    ]
    for _ in range(2):
        results = core.call("/api/v1/ppob/balances/", {"balances": items}).json()["results"]
        assert [each["answer"] for each in results] == ["taken", "taken", "refused", "refused"]
    assert ReportedBalance.objects.values_list("amount", "source").get() == (-500, "api")


def test_a_line_is_as_its_newest_news_say(core, line):
    def tell(status, ago):
        item = {"connection": "LINE", "status": status, "at": (AT - timedelta(seconds=ago)).isoformat()}
        core.call("/api/v1/ppob/connections/", {"connections": [item]})
        line.refresh_from_db()
        return line.status

    assert tell("up", 10) == "up"
    assert tell("down", 20) == "up"
    assert tell("down", 5) == "down"


def test_a_message_is_kept_once_and_masked(core, line):
    item = {
        "connection": "LINE",
        "at": AT.isoformat(),
        "direction": "out",
        "state": "pending",
        "stan": "000012",
        "body": '{"pan": "4111111111111111", "pin": "123456", "meter": "01234567890"}',
    }
    for _ in range(2):
        core.call("/api/v1/ppob/messages/", {"messages": [item, item]})
    assert Message.objects.get().body == '{"pan": "411111******1111", "pin": "***", "meter": "01234567890"}'


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("PIN=123456&x=1", "PIN=***&x=1"),
        ("password: geheim", "password: ***"),
        ("token 12345678901234567890", "token 12345678901234567890"),
        ("ktp 3201234567890123", "ktp 320123******0123"),
        ("noref 00000000012 rp 50000", "noref 00000000012 rp 50000"),
    ],
)
def test_what_is_secret_is_masked_and_what_is_needed_stays(said, kept):
    assert masked(said) == kept
