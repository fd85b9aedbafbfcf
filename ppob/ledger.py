"""The ledger's verbs, as its database functions offer them: one round trip each. Amounts are whole Rupiah, or points.

What a function refuses comes as an exception of `ppob.exceptions`, and has changed no row. Called within the caller's
transaction; a key makes a call safe to repeat, for it answers what the first call did.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction

from ppob.exceptions import (
    AlreadyReversed,
    DayClosed,
    DaySigned,
    DifferentPayload,
    HoldEnded,
    NotBalanced,
    NotEnough,
    NotReversible,
    OverLimit,
    ReversedByState,
    StateMovesForward,
    UnknownAccount,
)

_REFUSALS = {
    "PB001": DayClosed,
    "PB002": DaySigned,
    "PB003": DifferentPayload,
    "PB004": NotEnough,
    "PB005": OverLimit,
    "PB006": HoldEnded,
    "PB007": StateMovesForward,
    "PB008": NotBalanced,
    "PB009": UnknownAccount,
    "PB010": ReversedByState,
    "PB011": NotReversible,
}
_CONSTRAINTS = {
    "account_floor": NotEnough,
    "limit_used_within_cap": OverLimit,
    "transfer_reversed_once": AlreadyReversed,
    "transfer_hold_captured_once": HoldEnded,
    "transfer_key_is_not_a_sale_s": DifferentPayload,
    "hold_key_is_not_a_sale_s": DifferentPayload,
    "amount_sane": NotBalanced,
}


class Posted(NamedTuple):
    """The transfer (or hold) and whether an earlier call had made it."""

    id: int
    replayed: bool


class Answer(NamedTuple):
    """What the original's stored operations answer. `status` is SUCCESS or FAILED; a refusal changed nothing."""

    current: int | None
    previous: int | None
    status: str
    description: str


def payload_hash(**payload: Any) -> bytes:
    """SHA-256 of what a key stands for, whatever the order of the words."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).digest()


def post(
    *,
    key: str,
    kind: str,
    legs: Sequence[tuple[int, int]],
    memo: str = "",
    actor: Any = None,
    biller_id: int | None = None,
    business_on: date | None = None,
    at: datetime | None = None,
) -> Posted:
    """Post legs of (account id, amount), debits positive, that sum to zero for each asset.

    `at` back-dates, into a ledger day that is open: what loads a history, nothing else. Raises NotEnough, NotBalanced,
    DifferentPayload, DayClosed, DaySigned, UnknownAccount.
    """
    accounts, amounts = [account for account, _ in legs], [amount for _, amount in legs]
    moved = sum(amount for amount in amounts if amount > 0)
    digest = payload_hash(kind=kind, legs=sorted(legs), biller=biller_id, day=business_on)
    return _posted(
        "SELECT * FROM ppob_post(%s, %s, %s, %s, %s::bigint[], %s::bigint[], %s, %s, %s, %s, %s)",
        key, digest, kind, moved, accounts, amounts, memo, _key_of(actor), biller_id, business_on, at,
    )  # fmt: skip


def move(
    *, key: str, kind: str, debit: int, credit: int, amount: int, memo: str = "", actor: Any = None
) -> Posted:
    """Debit one account and credit another. Raises as `post` does."""
    digest = payload_hash(kind=kind, debit=debit, credit=credit, amount=amount)
    return _posted(
        "SELECT * FROM ppob_move(%s, %s, %s, %s, %s, %s, %s, %s)",
        key, digest, kind, debit, credit, amount, memo, _key_of(actor),
    )  # fmt: skip


def hold(*, key: str, account: int, amount: int, expires_at: datetime | None = None) -> Posted:
    """Set money aside, within floor and limits. Raises NotEnough, OverLimit, DifferentPayload."""
    digest = payload_hash(account=account, amount=amount)
    return _posted("SELECT * FROM ppob_hold(%s, %s, %s, %s, %s)", key, digest, account, amount, expires_at)


def capture(
    *, key: str, kind: str, hold: int, legs: Sequence[tuple[int, int]], memo: str = "", actor: Any = None
) -> Posted:
    """Turn a hold into a transfer; `legs` are the other accounts', the held account gets their counterpart.

    Raises HoldEnded, also for legs that are more than was held.
    """
    accounts, amounts = [account for account, _ in legs], [amount for _, amount in legs]
    digest = payload_hash(kind=kind, hold=hold, legs=sorted(legs))
    return _posted(
        "SELECT * FROM ppob_capture(%s, %s, %s, %s, %s::bigint[], %s::bigint[], %s, %s)",
        key, digest, kind, hold, accounts, amounts, memo, _key_of(actor),
    )  # fmt: skip


def release(*, hold: int, expired: bool = False) -> bool:
    """End a hold without a sale; False if it was released before.

    Raises HoldEnded for a captured one, and for one that a sale under way has taken: that ends with the sale.
    """
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ppob_release(%s, %s)", [hold, "expired" if expired else "released"])
        return bool(cursor.fetchone()[0])


def reverse(*, key: str, transfer: int, memo: str = "", actor: Any = None) -> Posted:
    """Cancel a transfer by its mirror image; limits go back to their own day.

    Raises AlreadyReversed, NotEnough, NotReversible for a reversal, ReversedByState for a sale's transfer.
    """
    return _posted(
        "SELECT * FROM ppob_reverse(%s, %s, %s, %s, %s)",
        key, payload_hash(reverses=transfer), transfer, memo, _key_of(actor),
    )  # fmt: skip


def fold(account: int) -> int:
    """Turn a shared account's deltas into one entry; how many there were. Waits at most 300 ms for its lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")
        cursor.execute("SELECT ppob_fold(%s)", [account])
        return int(cursor.fetchone()[0])


def report(
    items: Sequence[dict[str, Any]], *, source: str, at: datetime | None = None
) -> list[dict[str, Any]]:
    """State what was sold; see `ppob_report`. Each item has the fields of the type ppob_item."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n, answer, transaction_id, business_on, exception FROM ppob_report(%s::jsonb, %s, %s)",
            [json.dumps(items, default=str), source, at],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def settle(
    *,
    transaction_id: int,
    occurred_at: datetime,
    state: str,
    source: str,
    response_code: str = "",
    serial: str = "",
) -> str:
    """Move one transaction to another state with its money: 'moved', 'same', 'backwards' or why it is an exception."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ppob_settle(%s, %s, %s, %s, %s, %s)",
            [transaction_id, occurred_at, state, source, response_code, serial],
        )
        return str(cursor.fetchone()[0])


def close_day(day: date) -> bytes:
    """Close a ledger day that is over, and the days before it. Its hash. Raises DayClosed."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ppob_close_day(%s)", [day])
        return bytes(cursor.fetchone()[0])


def receive_money(*, agent: str, amount: int, key: str) -> Answer:
    """am_receivemoneyproc: money into an agent's balance."""
    return _answer("ppob_receive_money", agent, amount, key)


def receive_points(*, agent: str, amount: int, key: str) -> Answer:
    """am_receivepoinproc: points for an agent."""
    return _answer("ppob_receive_points", agent, amount, key)


def take_money(*, agent: str, amount: int, key: str) -> Answer:
    """am_setlimitproc: a sale's money out of an agent's balance, within floor and limits."""
    return _answer("ppob_take_money", agent, amount, key)


def give_back_money(*, agent: str, amount: int, key: str) -> Answer:
    """am_revlimitproc: the newest charge of this amount back when the sale failed, limits too."""
    return _answer("ppob_give_back_money", agent, amount, key)


def take_points(*, agent: str, amount: int, key: str) -> Answer:
    """am_setpoinproc: points out, for a redemption."""
    return _answer("ppob_take_points", agent, amount, key)


def take_deposit(*, biller: str, amount: int, key: str) -> Answer:
    """setbalanceusproc: a sale's cost out of our deposit at the biller."""
    return _answer("ppob_take_deposit", biller, amount, key)


def give_back_deposit(*, biller: str, amount: int, key: str) -> Answer:
    """revbalanceusproc: given back to the deposit. The original answers status and description alone."""
    return _answer("ppob_give_back_deposit", biller, amount, key)


def check_id(login: str) -> Answer:
    """checkid: is it registered and active."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULL, NULL, status, description FROM ppob_check_id(%s)", [login])
        return Answer(*cursor.fetchone())


def _answer(function: str, who: str, amount: int, key: str) -> Answer:
    columns = "NULL, NULL" if function == "ppob_give_back_deposit" else "current, previous"
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, status, description FROM {function}(%s, %s, %s, %s)",  # noqa: S608  our own names
            [who, amount, key, payload_hash(verb=function, who=who, amount=amount)],
        )
        return Answer(*cursor.fetchone())


def _posted(sql: str, *params: Any) -> Posted:
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return Posted(*cursor.fetchone())


def _key_of(actor: Any) -> int | None:
    return actor.pk if actor is not None else None


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the database refuses into what we call it. The savepoint keeps the caller's transaction usable."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: DatabaseError) -> Exception | None:
    """The exception of ours that a database error stands for, with the numbers of its DETAIL."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return None
    known = _REFUSALS.get(diagnosis.sqlstate) or _CONSTRAINTS.get(diagnosis.constraint_name or "")
    if known is None:
        return None
    try:
        facts = json.loads(diagnosis.message_detail or "{}")
    except ValueError:
        facts = {}
    return known(**facts)
