"""The same batch again: at once, later, and after the server died between commit and answer."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from ppob.models import Transaction, Transfer
from ppob.services.proof import verify_ledger
from ppob.signing import authorization
from ppob.tests.core import TRANSACTIONS, Core, item_of
from ppob.tests.ledger_factories import House, account

pytestmark = pytest.mark.django_db(transaction=True)
PARALLEL, LATER = 20, 5


def test_20_at_once_and_5_later_have_one_effect_and_one_answer():
    core, house, poor = Core.make(), House.make(), House.make(balance=0)
    sales = [*(house.sale() for _ in range(5)), house.sale(state="suspect"), poor.sale()]
    together = threading.Barrier(PARALLEL)

    def send(_):
        together.wait()
        try:
            return core.report(*sales).content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PARALLEL) as pool:
        contents = list(pool.map(send, range(PARALLEL)))
    contents += [core.report(*sales).content for _ in range(LATER)]

    assert len(set(contents)) == 1, set(contents)
    results = json.loads(contents[0])["results"]
    assert [each["answer"] for each in results] == ["taken"] * 7
    assert [each["exception"] for each in results] == [None] * 6 + ["floor"]
    assert Transaction.objects.count() == 7
    assert Transfer.objects.filter(kind="sale").count() == 6
    assert account(house.agent).balance == 1_000_000 - 5 * 52_000
    assert verify_ledger()["violations"] == []


def test_20_times_the_same_call_is_let_in_once():
    core, house = Core.make(), House.make()
    sale = house.sale()
    together = threading.Barrier(PARALLEL)

    def send(_):
        together.wait()
        try:
            return core.report(sale, nonce="n" * 32).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PARALLEL) as pool:
        statuses = list(pool.map(send, range(PARALLEL)))
    assert sorted(statuses) == [200] + [401] * (PARALLEL - 1)
    assert Transaction.objects.count() == 1


def test_another_payload_under_the_same_noref_is_refused():
    core, house = Core.make(), House.make()
    sale = house.sale()
    core.report(sale)
    for change in ({"bill": 50_001}, {"agent_share": 999}, {"customer_id": "99"}, {"sheets": 2}):
        result = core.report(item_of(sale, **change)).json()["results"][0]
        assert (result["answer"], result["error"]["code"]) == ("refused", "different")
    assert account(house.agent).balance == 1_000_000 - 52_000


DIES = """
import os, sys, django
from django.db import connections
connections.databases  # read the settings
django.setup()
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = sys.argv[1]
from django.db.backends.base.base import BaseDatabaseWrapper
commits = [0]
def commit(self, real=BaseDatabaseWrapper.commit):
    real(self)
    os._exit(9)  # the answer never leaves
BaseDatabaseWrapper.commit = commit
from django.db.transaction import Atomic
from django.test import Client
body = sys.stdin.buffer.read()
Client(headers={"Authorization": sys.argv[2]}).generic("POST", sys.argv[3], body, content_type="application/json", headers={"Host": "localhost"})
"""


def test_killed_between_commit_and_answer_the_retry_has_no_second_effect():
    core, house = Core.make(), House.make()
    sales = [house.sale(), house.sale(state="suspect")]
    body = json.dumps({"transactions": [item_of(sale) for sale in sales]}).encode()
    header = authorization(
        key_id=core.client.key_id, secret=core.secret, method="POST", path=TRANSACTIONS, body=body
    )
    died = subprocess.run(
        [sys.executable, "-c", DIES, connections["default"].settings_dict["NAME"], header, TRANSACTIONS],
        input=body, cwd=settings.BASE_DIR, env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}, check=False,
    )  # fmt: skip
    assert died.returncode == 9
    assert Transaction.objects.count() == 2
    before = account(house.agent)

    results = core.report(*sales).json()["results"]

    assert [each["answer"] for each in results] == ["taken", "taken"]
    after = account(house.agent)
    assert (after.balance, after.held, after.version) == (before.balance, before.held, before.version)
    assert verify_ledger()["violations"] == []
