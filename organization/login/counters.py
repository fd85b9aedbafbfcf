"""Attempts are reserved in the database before a PIN is hashed: sixty PINs at once get five checks, not sixty.

Each reservation is ONE statement that counts up, locks and answers, so that rivals queue on the row and nowhere else. It
has to be committed before the hash is computed: call these outside any transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from organization.models import LoginCounter

WRONG_IN_A_ROW = 5
LOCKS = [timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60)]
# After a quiet day the next mistake is a first one again.
FORGOTTEN_AFTER = timedelta(days=1)

_RESERVE_TRY = """
    INSERT INTO organization_logincounter AS old (key, attempts, window_started_at, lockouts, locked_until, employee_id)
    VALUES (%(key)s, 1, %(now)s, 0, NULL, %(employee)s)
    ON CONFLICT (key) DO UPDATE SET
        attempts = CASE
            WHEN old.locked_until > %(now)s THEN %(limit)s + 1
            WHEN old.locked_until IS NOT NULL OR old.window_started_at < %(forgotten)s THEN 1
            ELSE old.attempts + 1 END,
        lockouts = CASE
            WHEN old.locked_until > %(now)s THEN old.lockouts
            WHEN GREATEST(old.window_started_at, old.locked_until) < %(forgotten)s THEN 0
            WHEN old.locked_until IS NULL AND old.attempts + 1 = %(limit)s THEN old.lockouts + 1
            ELSE old.lockouts END,
        locked_until = CASE
            WHEN old.locked_until > %(now)s THEN old.locked_until
            WHEN old.locked_until IS NOT NULL OR old.window_started_at < %(forgotten)s THEN NULL
            WHEN old.attempts + 1 = %(limit)s
                THEN %(now)s + (%(locks)s::interval[])[LEAST(old.lockouts + 1, cardinality(%(locks)s::interval[]))]
            ELSE NULL END,
        window_started_at = CASE
            WHEN old.locked_until > %(now)s THEN old.window_started_at
            WHEN old.locked_until IS NOT NULL OR old.window_started_at < %(forgotten)s THEN %(now)s
            ELSE old.window_started_at END
    RETURNING attempts <= %(limit)s, locked_until
"""

_RESERVE_OF_BUDGET = """
    INSERT INTO organization_logincounter AS old (key, attempts, window_started_at, lockouts, locked_until, employee_id)
    VALUES (%(key)s, 1, %(now)s, 0, NULL, %(employee)s)
    ON CONFLICT (key) DO UPDATE SET
        attempts = CASE
            WHEN old.window_started_at <= %(opened)s THEN 1
            ELSE LEAST(old.attempts + 1, %(limit)s + 1) END,
        window_started_at = CASE
            WHEN old.window_started_at <= %(opened)s THEN %(now)s ELSE old.window_started_at END
    RETURNING attempts <= %(limit)s, window_started_at
"""


@dataclass(frozen=True)
class Reservation:
    """Whether the attempt may be made, and until when the next ones may not."""

    is_granted: bool
    locked_until: datetime | None


@dataclass(frozen=True)
class Budget:
    """So many attempts in a window, whoever makes them."""

    name: str
    limit: int
    window: timedelta


PINS_OF_A_NIK = Budget("nik", 20, timedelta(hours=1))
LOOK_UPS_OF_AN_ADDRESS = Budget("look-up", 60, timedelta(minutes=10))


def counter_key(kind: str, *parts: object) -> str:
    """A keyed digest, so that the table is no list of who logs in from where."""
    return salted_hmac(
        "organization.login", "\0".join(map(str, (kind, *parts))), algorithm="sha256"
    ).hexdigest()


def reserve_try(key: str, *, employee_id: int | None) -> Reservation:
    """One of five tries in a row; the fifth locks for 5, then 15, then 60 minutes unless `forgive` follows."""
    now = timezone.now()
    granted, locked_until = _execute(
        _RESERVE_TRY,
        key=key,
        now=now,
        employee=employee_id,
        limit=WRONG_IN_A_ROW,
        locks=LOCKS,
        forgotten=now - FORGOTTEN_AFTER,
    )
    return Reservation(granted, locked_until)


def reserve_of(budget: Budget, owner: str, *, employee_id: int | None = None) -> Reservation:
    """One attempt of the owner's budget; when it is used up, the answer says when the next window opens."""
    now = timezone.now()
    granted, started_at = _execute(
        _RESERVE_OF_BUDGET,
        key=counter_key(budget.name, owner),
        now=now,
        employee=employee_id,
        limit=budget.limit,
        opened=now - budget.window,
    )
    return Reservation(granted, None if granted else started_at + budget.window)


def exhausted_until(budget: Budget, owner: str) -> datetime | None:
    """When a used-up budget opens again, without taking from it."""
    row = LoginCounter.objects.filter(
        key=counter_key(budget.name, owner),
        attempts__gte=budget.limit,
        window_started_at__gt=timezone.now() - budget.window,
    ).first()
    return row.window_started_at + budget.window if row else None


def give_back(budget: Budget, owner: str) -> None:
    """The attempt was the person's own: it does not count."""
    LoginCounter.objects.filter(key=counter_key(budget.name, owner)).update(
        attempts=Greatest(F("attempts") - 1, 0)
    )


def forgive(key: str) -> None:
    """The right PIN: wrong ones before it, and the locks they brought, are forgotten."""
    LoginCounter.objects.filter(key=key).delete()


def sweep() -> None:
    """Drop rows that no longer decide anything; called at a login, for there is no better moment."""
    old = timezone.now() - 2 * FORGOTTEN_AFTER
    LoginCounter.objects.filter(
        Q(locked_until__isnull=True) | Q(locked_until__lt=old), window_started_at__lt=old
    ).delete()


def _execute(statement: str, **parameters: Any) -> tuple[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()
