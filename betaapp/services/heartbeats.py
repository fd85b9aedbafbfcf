"""What the stores' computers say of themselves. A heartbeat that says what the last one said writes no interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from betaapp.exceptions import ClockAhead, NotItsVersion, TooManyDevices, UnknownVersion
from betaapp.models import Application, ConfirmedVersion, Device, InstalledVersion, Version
from core import audit
from organization.models import Employee, Store

CLOCKS_DIFFER = timedelta(minutes=5)
MOST_DEVICES = 30

# Locks each computer's row until the end of the transaction, in the order of their names; the one whose word is not the
# latest is not returned.
_HEAR = """
    INSERT INTO betaapp_device (store_id, name, kind, first_heard_at, last_heard_at)
    SELECT %s, name, kind, %s, %s FROM unnest(%s::text[], %s::text[]) AS said (name, kind) ORDER BY name
    ON CONFLICT (store_id, name) DO UPDATE SET last_heard_at = EXCLUDED.last_heard_at
    WHERE betaapp_device.last_heard_at < EXCLUDED.last_heard_at
    RETURNING id, name
"""
# A statement of its own, after the lock: it sees what whoever held the lock before has written.
_RUNNING = """
    SELECT i.device_id, i.id, a.code, v.number
    FROM betaapp_installedversion i
    JOIN betaapp_application a ON a.id = i.application_id
    JOIN betaapp_version v ON v.id = i.version_id
    WHERE i.device_id = ANY(%s) AND upper_inf(i.during)
"""


@dataclass(frozen=True)
class Said:
    """One computer's word: what it runs, all of it, as number by application's code."""

    name: str
    kind: str
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Heard:
    """What became of it: how many intervals were closed or begun; `is_late` where a later word was heard before."""

    name: str
    changed: int
    is_late: bool


@transaction.atomic
def hear(*, store: Store, said: list[Said], at: datetime) -> list[Heard]:
    """Take a store's heartbeat, whole or not at all. What a computer no longer names, it no longer runs.

    A word that is not later than the last one of the same computer is left aside, so that any order of arrival leaves one
    history without overlaps. `at` is the store's clock, aware. Raises ClockAhead, TooManyDevices, UnknownVersion.
    """
    if at > timezone.now() + CLOCKS_DIFFER:
        raise ClockAhead
    if len(said) > MOST_DEVICES:
        raise TooManyDevices
    names, kinds = [one.name for one in said], [one.kind for one in said]
    with connection.cursor() as cursor:
        cursor.execute(_HEAR, [store.pk, at, at, names, kinds])
        latest = {name: pk for pk, name in cursor.fetchall()}
        cursor.execute(_RUNNING, [list(latest.values())])
        running: dict[int, dict[str, tuple[int, str]]] = {pk: {} for pk in latest.values()}
        for device, interval, code, number in cursor.fetchall():
            running[device][code] = (interval, number)
    changes = {
        one.name: _differences(running[latest[one.name]], one.versions) for one in said if one.name in latest
    }
    if any(ended or begun for ended, begun in changes.values()):
        _write(store, latest, changes, at)
        if store.devices.count() > MOST_DEVICES:
            raise TooManyDevices
    return [
        Heard(one.name, len(changes[one.name][0]) + len(changes[one.name][1]), is_late=False)
        if one.name in changes
        else Heard(one.name, 0, is_late=True)
        for one in said
    ]


Differences = tuple[list[int], dict[str, str]]


def _differences(running: Mapping[str, tuple[int, str]], says: Mapping[str, str]) -> Differences:
    """Intervals that end, and versions by application that begin."""
    ended = [interval for code, (interval, number) in running.items() if says.get(code) != number]
    begun = {code: number for code, number in says.items() if running.get(code, (0, ""))[1] != number}
    return ended, begun


def _write(
    store: Store, devices: Mapping[str, int], changes: Mapping[str, Differences], at: datetime
) -> None:
    versions = _versions({pair for _ended, begun in changes.values() for pair in begun.items()})
    over = [interval for ended, _begun in changes.values() for interval in ended]
    with connection.cursor() as cursor:
        # What ends at the moment of its beginning was never so.
        cursor.execute(
            "DELETE FROM betaapp_installedversion WHERE id = ANY(%s) AND lower(during) >= %s", [over, at]
        )
        cursor.execute(
            "UPDATE betaapp_installedversion SET during = tstzrange(lower(during), %s) WHERE id = ANY(%s)",
            [at, over],
        )
    InstalledVersion.objects.bulk_create(
        InstalledVersion(
            store=store,
            device_id=devices[name],
            application_id=versions[pair].application_id,
            version=versions[pair],
            during=DateTimeTZRange(at, None),
        )
        for name, (_ended, begun) in changes.items()
        for pair in begun.items()
    )


def _versions(named: set[tuple[str, str]]) -> dict[tuple[str, str], Version]:
    """Raises UnknownVersion for a number that was never built, or an application that is not ours."""
    codes, numbers = {code for code, _number in named}, {number for _code, number in named}
    found = Version.objects.filter(application__code__in=codes, number__in=numbers).select_related(
        "application"
    )
    known = {(one.application.code, one.number): one for one in found}
    if unknown := sorted(named - known.keys()):
        raise UnknownVersion(unknown)
    return known


@transaction.atomic
def confirm_version(
    *,
    store: Store,
    application: Application,
    version: Version,
    actor: Employee,
    device: Device | None = None,
    at: datetime | None = None,
) -> ConfirmedVersion:
    """Somebody has seen on the spot what runs, at one computer or at the whole store. Raises NotItsVersion."""
    if version.application_id != application.pk:
        raise NotItsVersion
    assert device is None or device.store_id == store.pk, "a computer of another store"
    confirmed = ConfirmedVersion.objects.create(
        store=store,
        device=device,
        application=application,
        version=version,
        confirmed_by=actor,
        confirmed_at=at or timezone.now(),
    )
    told: dict[str, tuple[Any, Any]] = {
        "application": (None, application), "version": (None, version.number), "computer": (None, device and device.name)
    }  # fmt: skip
    audit.record(actor, "beta.version_confirmed", store, told)
    return confirmed
