"""What the core tells besides sales: a biller's own figure of our deposit, lines that answer or do not, what was said on them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from ppob.models import Biller, Connection, ReportedBalance

SOURCE = "api"
# Card and identity numbers, and whatever follows the name of a secret. A card's first six and last four digits remain.
_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{3,9}([0-9]{4})(?![0-9])")
_SECRET = re.compile(
    r"""(?ix)\b(pin(?:_?block)?|otp|passw(?:or)?d|kata_?sandi|cvv2?|track_?[12]|de52|p52)\b(["']?\s*[:=>]\s*["']?)[^\s"',;&<|]+"""
)


@dataclass(frozen=True)
class Reported:
    biller: str
    amount: int
    at: datetime


@dataclass(frozen=True)
class Echo:
    connection: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Said:
    connection: str
    at: datetime
    direction: str
    state: str
    body: str
    mti: str = ""
    stan: str = ""
    transaction: int | None = None
    response_code: str = ""
    milliseconds: int | None = None


@transaction.atomic
def note_balances(reported: Sequence[Reported]) -> list[bool]:
    """Keep what billers say our deposit is, each figure once; which items named a biller that we know."""
    codes = sorted({one.biller for one in reported})
    # The lock has two that repeat the same figure wait for each other.
    billers = {
        one.code: one.pk
        for one in Biller.objects.filter(code__in=codes).select_for_update(no_key=True).order_by("pk")
    }
    known = [one for one in dict.fromkeys(reported) if one.biller in billers]
    there = set(
        ReportedBalance.objects.filter(
            biller__in=billers.values(), source=SOURCE, at__in={one.at for one in known}
        ).values_list("biller__code", "amount", "at")
    )
    ReportedBalance.objects.bulk_create(
        ReportedBalance(biller_id=billers[one.biller], at=one.at, amount=one.amount, source=SOURCE)
        for one in known
        if (one.biller, one.amount, one.at) not in there
    )
    return [one.biller in billers for one in reported]


@transaction.atomic
def note_echoes(echoes: Sequence[Echo]) -> list[bool]:
    """Keep how the lines are; older news than what is known changes nothing. Which items named a known line.

    A line that somebody switched off stays off.
    """
    newest: dict[str, Echo] = {}
    for echo in echoes:
        if echo.connection not in newest or newest[echo.connection].at <= echo.at:
            newest[echo.connection] = echo
    lines = Connection.objects.filter(code__in=newest).select_for_update(no_key=True).order_by("pk")
    known = {line.code: line for line in lines}
    for code, line in known.items():
        echo = newest[code]
        if line.is_active and (line.last_echo_at is None or line.last_echo_at < echo.at):
            Connection.objects.filter(Q(last_echo_at=None) | Q(last_echo_at__lt=echo.at), pk=line.pk).update(
                status=echo.status, last_echo_at=echo.at
            )
    return [echo.connection in known for echo in echoes]


@transaction.atomic
def note_messages(said: Sequence[Said]) -> list[bool]:
    """Keep what was said, masked, each message once; which items named a known line."""
    lines = dict(
        Connection.objects.filter(code__in={one.connection for one in said}).values_list("code", "pk")
    )
    rows = [
        (lines[one.connection], one.at, one.direction, one.state, one.mti, one.stan, one.transaction,
         one.response_code, masked(one.body), one.milliseconds)
        for one in dict.fromkeys(said)
        if one.connection in lines
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO ppob_message (connection_id, at, direction, state, mti, stan, transaction_id, response_code, body,
                                      milliseconds)
            SELECT n.* FROM (VALUES (%s::bigint, %s::timestamptz, %s, %s, %s, %s, %s::bigint, %s, %s, %s::integer))
                AS n (connection_id, at, direction, state, mti, stan, transaction_id, response_code, body, milliseconds)
             WHERE NOT EXISTS (
                   SELECT FROM ppob_message m WHERE m.at = n.at AND m.connection_id = n.connection_id
                      AND m.direction = n.direction AND m.stan = n.stan AND m.body = n.body AND m.state = n.state)
            """,
            rows,
        )
    return [one.connection in lines for one in said]


def masked(body: str) -> str:
    """A message as it may be kept: card and identity numbers shortened, secrets gone."""
    return _NUMBER.sub(r"\1******\2", _SECRET.sub(r"\1\2***", body))
