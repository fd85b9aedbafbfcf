"""Heartbeats: intervals that are written only where something changed, whatever the order of arrival."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from betaapp.models import Device, Feedback, InstalledVersion, StoreToken
from betaapp.services import hear, make_store_token, revoke_store_token
from betaapp.services.heartbeats import Said
from betaapp.tests.factories import ApplicationFactory, VersionFactory, running_program, stable
from organization.models import Store
from organization.tests.factories import BranchFactory, EmployeeFactory, StoreFactory

HEARTBEATS, EXPECTED, FEEDBACK = (
    reverse(f"api:beta-{name}") for name in ("heartbeats", "expected", "feedback")
)
NOW = timezone.now


@pytest.fixture
def application(db):
    return ApplicationFactory(code="KASIR")


@pytest.fixture
def versions(application):
    return [VersionFactory(application=application, number=number) for number in ("1.9.0", "2.1.0")]


@pytest.fixture
def store(db):
    return StoreFactory()


@pytest.fixture
def key(store):
    return make_store_token(store=store, actor=None)[1]


def ask(client, key, url, body=None):
    headers = {"Authorization": f"Bearer {key}"}
    if body is None:
        return client.get(url, headers=headers)
    return client.post(url, body, content_type="application/json", headers=headers)


def beat(number="1.9.0", *, name="kasir-1", code="KASIR", **more):
    return {"devices": [{"name": name, "versions": {code: number} if number else {}}]} | more


def intervals():
    return [
        (row.device.name, row.version.number, row.during.lower, row.during.upper)
        for row in InstalledVersion.objects.select_related("device", "version").order_by("during")
    ]


def test_the_first_heartbeat_begins_an_interval_and_the_same_again_writes_none(client, key, store, versions):
    first = ask(client, key, HEARTBEATS, beat())
    again = ask(client, key, HEARTBEATS, beat())

    assert first.json() == {"devices": [{"name": "kasir-1", "changed": 1, "late": False}]}
    assert again.json() == {"devices": [{"name": "kasir-1", "changed": 0, "late": False}]}
    assert len(intervals()) == 1
    assert Device.objects.get().last_heard_at > Device.objects.get().first_heard_at


def written(table):
    """Rows of the table that this session has inserted, changed or removed since it last told the statistics."""
    with connection.cursor() as cursor:
        acts = ("inserted", "updated", "deleted")
        counts = ", ".join(f"pg_stat_get_xact_tuples_{act}('{table}'::regclass)" for act in acts)
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()


def test_sixteen_thousand_heartbeats_that_say_the_same_write_no_interval(versions):
    chain, begun = 16_000, NOW() - timedelta(minutes=15)
    branch = BranchFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organization_store (code, name, company, address, city, phone, branch_id, latitude, longitude,"
            " is_position_verified, geofence_m, visits_a_month, opened_on) SELECT 'B' || n, 'Toko', '', '', '', '', %s,"
            " -6.9, 107.6, FALSE, 100, 1, '2020-01-01' FROM generate_series(1, %s) n",
            [branch.pk, chain],
        )
        cursor.execute(
            "INSERT INTO betaapp_device (store_id, name, kind, first_heard_at, last_heard_at)"
            " SELECT id, 'kasir-1', 'till', %s, %s FROM organization_store",
            [begun, begun],
        )
        cursor.execute(
            "INSERT INTO betaapp_installedversion (store_id, device_id, application_id, version_id, during)"
            " SELECT store_id, id, %s, %s, tstzrange(%s, NULL) FROM betaapp_device",
            [versions[0].application_id, versions[0].pk, begun],
        )
    before, said = written("betaapp_installedversion"), [Said("kasir-1", "till", {"KASIR": "1.9.0"})]

    for store in Store.objects.iterator():
        hear(store=store, said=said, at=NOW())

    assert written("betaapp_installedversion") == before
    assert InstalledVersion.objects.count() == chain
    assert Device.objects.filter(last_heard_at__gt=begun).count() == chain


def test_an_update_ends_one_interval_and_begins_the_next_without_a_gap(store, versions):
    begun = NOW() - timedelta(hours=2)
    for minutes, number in ((0, "1.9.0"), (15, "1.9.0"), (30, "2.1.0"), (45, "2.1.0")):
        hear(
            store=store,
            said=[Said("kasir-1", "till", {"KASIR": number})],
            at=begun + timedelta(minutes=minutes),
        )

    middle = begun + timedelta(minutes=30)
    assert intervals() == [("kasir-1", "1.9.0", begun, middle), ("kasir-1", "2.1.0", middle, None)]


def test_what_is_no_longer_named_no_longer_runs(store, versions):
    begun = NOW() - timedelta(hours=2)
    hear(store=store, said=[Said("kasir-1", "till", {"KASIR": "1.9.0"})], at=begun)
    hear(store=store, said=[Said("kasir-1", "till", {})], at=begun + timedelta(hours=1))

    assert intervals() == [("kasir-1", "1.9.0", begun, begun + timedelta(hours=1))]


def test_a_word_that_comes_late_changes_nothing(client, key, versions):
    now = NOW()
    ask(client, key, HEARTBEATS, beat("2.1.0", at=now.isoformat()))
    late = ask(client, key, HEARTBEATS, beat("1.9.0", at=(now - timedelta(hours=1)).isoformat()))

    assert late.json()["devices"] == [{"name": "kasir-1", "changed": 0, "late": True}]
    assert [number for _name, number, _from, _until in intervals()] == ["2.1.0"]


def test_a_clock_that_runs_ahead_is_told_so(client, key, versions):
    answer = ask(client, key, HEARTBEATS, beat(at=(NOW() + timedelta(hours=1)).isoformat()))

    assert (answer.status_code, answer.json()["code"]) == (409, "clock_ahead")
    assert not Device.objects.exists()


@pytest.mark.parametrize("what", [{"number": "9.9.9"}, {"code": "LAIN"}])
def test_a_version_that_is_not_of_the_application_is_refused_whole(client, key, versions, what):
    VersionFactory(number="9.9.9", application=ApplicationFactory(code="ABSENSI"))
    body = beat(**what)
    body["devices"].append({"name": "kasir-2", "versions": {"KASIR": "1.9.0"}})

    answer = ask(client, key, HEARTBEATS, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_version")
    assert answer.json()["extra"]["versions"]
    assert not Device.objects.exists()
    assert not InstalledVersion.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"devices": []},
        beat(name="../etc"),
        beat(name="a" * 31),
        beat("1" * 41),
        {"devices": [beat()["devices"][0]] * 2},
        {"devices": [{"name": "kasir-1", "versions": {"K" * 13: "1"}}]},
        {"devices": [{"name": "kasir-1", "versions": "1.9.0"}]},
        {"devices": [{"name": "kasir-1\u0000", "versions": {}}]},
        beat(at="kemarin"),
        {"devices": [{"name": f"kasir-{n}", "versions": {}} for n in range(31)]},
        beat("1\ud800"),
        beat(code="KAS\udfff"),
        beat(at="0001-01-01T00:00:00+14:00"),
        beat(at=10**30),
    ],
)
def test_nonsense_is_told_so_and_saves_nothing(client, key, versions, body):
    answer = ask(client, key, HEARTBEATS, body)

    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid", "parse_error")
    assert not Device.objects.exists()


def test_a_key_reaches_its_own_store_alone(client, key, store, versions):
    other = StoreFactory()

    assert ask(client, key, HEARTBEATS, beat(store=other.code)).status_code == 404
    assert ask(client, key, HEARTBEATS, beat(store="NOSUCH")).status_code == 404
    assert not Device.objects.exists()
    assert ask(client, key, HEARTBEATS, beat(store=store.code)).status_code == 200
    assert set(Device.objects.values_list("store", flat=True)) == {store.pk}
    running_program(other, version=versions[1])
    stable(versions[0])
    assert ask(client, key, EXPECTED).json()["applications"][0]["version"] == "1.9.0"
    sent = {"device": "kasir-1", "application": "KASIR", "rating": 4, "text": "Baik"}
    assert ask(client, key, FEEDBACK, sent).json()["code"] == "not_tried"
    assert ask(client, key, FEEDBACK, sent | {"store": other.code}).status_code == 404
    assert not Feedback.objects.exists()


def test_without_a_good_key_nothing_is_said(client, key, store):
    token = StoreToken.objects.get()
    person = EmployeeFactory()
    client.force_login(person)
    assert client.get(EXPECTED).status_code == 401
    assert ask(client, "gerai_toko_nonsense", EXPECTED).status_code == 401
    assert ask(client, key, EXPECTED).status_code == 200
    assert revoke_store_token(token=token, actor=None)
    assert not revoke_store_token(token=token, actor=None)
    assert ask(client, key, EXPECTED).status_code == 401
    assert make_store_token(store=store, actor=None)[1] != key


def test_a_new_key_ends_the_old_one(client, key, store):
    new = make_store_token(store=store, actor=None)[1]
    assert ask(client, key, EXPECTED).status_code == 401
    assert ask(client, new, EXPECTED).status_code == 200


def test_expected_versions_say_what_is_on_trial_and_until_when(client, key, store, versions):
    stable(versions[0])
    stable(VersionFactory(application=ApplicationFactory(code="ABSENSI"), number="4.0.0"))
    program = running_program(store, version=versions[1])

    assert ask(client, key, EXPECTED).json() == {
        "store": store.code,
        "applications": [
            {"code": "ABSENSI", "version": "4.0.0", "trial": False, "until": None},
            {"code": "KASIR", "version": "2.1.0", "trial": True, "until": f"{program.last_on:%Y-%m-%d}"},
        ],
    }


def test_feedback_comes_by_the_api_too(client, key, store, versions):
    program = running_program(store, version=versions[1])
    sent = {"device": "kasir-1", "application": "KASIR", "rating": 2, "text": "Lambat"}

    assert ask(client, key, FEEDBACK, sent).status_code == 201
    assert ask(client, key, FEEDBACK, sent | {"rating": 6}).status_code == 400
    assert ask(client, key, FEEDBACK, sent | {"text": "Lambat \ud800"}).status_code == 400
    assert ask(client, key, FEEDBACK, sent | {"application": "KASIR\ud800"}).status_code == 400
    feedback = Feedback.objects.get()
    assert (feedback.program, feedback.version, feedback.sent_by) == (program, versions[1], "kasir-1")


def test_the_database_refuses_two_versions_of_one_computer_at_once(store, versions):
    hear(store=store, said=[Said("kasir-1", "till", {"KASIR": "1.9.0"})], at=NOW())
    row = InstalledVersion.objects.get()
    row.pk, row.version = None, versions[1]
    with pytest.raises(IntegrityError, match="device_runs_one_version"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_heartbeats_at_the_same_time_leave_one_history():
    store, application = StoreFactory(), ApplicationFactory(code="KASIR")
    for number in ("1.9.0", "2.1.0"):
        VersionFactory(application=application, number=number)
    begun, gate, faults = NOW() - timedelta(hours=1), threading.Barrier(8), []

    def send(n: int) -> None:
        at: datetime = begun + timedelta(minutes=n)
        try:
            gate.wait()
            hear(store=store, said=[Said("kasir-1", "till", {"KASIR": ("1.9.0", "2.1.0")[n % 2]})], at=at)
        except Exception as fault:  # noqa: BLE001  told to the test's own thread
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    rows = intervals()
    assert [row[3] for row in rows[:-1]] == [row[2] for row in rows[1:]]
    assert (rows[-1][1], rows[-1][3]) == ("2.1.0", None)
