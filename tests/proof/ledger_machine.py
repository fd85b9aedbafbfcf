"""The ledger's verbs in any order, against a model of it that fits on a page; asked after every step."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ppob import ledger
from ppob.exceptions import (
    AlreadyReversed,
    DayClosed,
    DifferentPayload,
    HoldEnded,
    NotEnough,
    NotReversible,
    OverLimit,
    PpobError,
    ReversedByState,
)
from ppob.models import Account
from ppob.services.proof import CHECKS
from ppob.services.sales import Sale, report_sales
from ppob.tests.ledger_factories import House, account

TABLES = (
    "account", "transfer", "entry", "delta", "fold", "hold", "limit_usage", "ledger_day", "transaction",
    "transaction_key", "transaction_event", "posting_exception",
)  # fmt: skip
# One statement a step: what breaks a promise, what each account comes to, what limits have counted, and a print of all rows.
_BROKEN = " UNION ALL ".join(
    f"SELECT '{kind}: ' || what FROM ({sql}) AS _{kind} (what)" for kind, sql in CHECKS.items()
)
_PRINT = " UNION ALL ".join(f"SELECT '{table}' || x::text AS row FROM ppob_{table} x" for table in TABLES)
ASK = f"""
    SELECT (SELECT array_agg(what) FROM ({_BROKEN}) AS broken (what)),
           (SELECT jsonb_object_agg(a.id, jsonb_build_array(a.held, a.balance + coalesce((
                SELECT a.sign * sum(d.amount) FROM ppob_delta d WHERE d.account_id = a.id AND d.id > a.folded_through), 0)))
              FROM ppob_account a),
           (SELECT jsonb_object_agg(account_id || kind, used) FROM ppob_limit_usage),
           (SELECT md5(string_agg(row, '' ORDER BY row)) FROM ({_PRINT}) AS rows)
"""
MOVES = {
    "pending": {"suspect", "success", "failed", "reversed"},
    "suspect": {"success", "failed", "reversed"},
    "success": {"reversed"},
}
AGENTS = st.integers(0, 2)
AMOUNTS = st.one_of(st.integers(1, 80_000), st.sampled_from([1, 1_000, 50_000, 10**15]))
ANY = st.integers(0, 10**6)
SHARED = ("bank", "income", "clearing", "issued", "deposit")


@dataclass
class Held:
    pk: int
    agent: int
    amount: int
    counted: tuple[bool, bool]
    sale: int | None = None
    is_open: bool = True


@dataclass
class Moved:
    """A transfer: its legs, and what it counted for whose limits."""

    pk: int
    kind: str
    amount: int
    legs: list[tuple[Any, int]]
    agent: int | None = None
    counted: tuple[bool, bool] = (False, False)
    can_be_reversed: bool = True


@dataclass
class Sold:
    sale: Sale
    agent: int
    hold: Held | None = None
    transfer: Moved | None = None


@dataclass
class World:
    """What a run of the machine shares with the next: nobody posts to it but inside a transaction that is undone."""

    houses: list[House]
    ids: dict[Any, int] = field(default_factory=dict)
    steps: int = 0
    sequences: int = 0
    refused: int = 0

    @classmethod
    def make(cls) -> "World":
        first = House.make(balance=0)
        world = cls([first, *(replace(first, agent=House.make(balance=0).agent) for _ in range(2))])
        for number, house in enumerate(world.houses):
            for kind in ("agent", "receivable", "points"):
                world.ids[kind, number] = account(house.agent, kind).pk
        world.ids["deposit"] = account(first.biller).pk
        for code in ("bank:idr", "income:idr", "clearing:idr", "issued:pts"):
            world.ids[code.split(":")[0]] = account(code).pk
        return world


class LedgerMachine(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day = self.today()
        self.keys = count(1)
        self.balance: dict[Any, int] = dict.fromkeys(self.world.ids, 0)
        self.held, self.used = [0, 0, 0], [[0, 0], [0, 0], [0, 0]]
        self.caps: list[list[int | None]] = [[None] * 3, [None, 150_000, 200_000], [60_000, None, 300_000]]
        self.holds: list[Held] = []
        self.moved: list[Moved] = []
        self.sold: list[Sold] = []
        self.answered: list[tuple[Any, dict[str, Any], int]] = []
        self.is_closed = False
        self.print: str | None = None
        self.nothing_changed = False
        for agent in range(3):
            self._set_caps(agent)
            self.top_up(agent, 100_000)
        self.world.sequences += 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # What is asked after every step.

    @invariant()
    def everything_adds_up(self) -> None:
        raw: psycopg.Connection = connection.connection
        broken, told, counted, fingerprint = raw.execute(ASK, prepare=True).fetchone() or (None,) * 4
        assert not broken, broken
        accounts, used = json.loads(told), json.loads(counted or "{}")
        if self.nothing_changed:
            assert fingerprint == self.print, "what was refused, or repeated, has changed a row"
        self.print, self.nothing_changed = fingerprint, False
        self.world.steps += 1
        if self.today() != self.day:
            return  # midnight came in between
        for name, pk in self.world.ids.items():
            held = self.held[name[1]] if name[0] == "agent" else 0
            assert accounts[str(pk)] == [held, self.balance[name]], (
                name,
                accounts[str(pk)],
                self.balance[name],
            )
        for agent in range(3):
            pk = self.world.ids["agent", agent]
            seen = [used.get(f"{pk}{kind}", 0) for kind in ("day", "month")]
            assert seen == self.used[agent], (agent, seen, self.used[agent])

    # Money in and out by the stored operations.

    @rule(agent=AGENTS, amount=st.integers(1, 200_000))
    def top_up(self, agent: int, amount: int) -> None:
        legs = [("bank", amount), (("agent", agent), -amount)]
        self._stored(ledger.receive_money, agent, amount, "topup", legs, None)

    @rule(agent=AGENTS, amount=AMOUNTS)
    def charge(self, agent: int, amount: int) -> None:
        legs = [(("agent", agent), amount), ("clearing", -amount)]
        refusal = (
            "balance" if self._free(agent) < amount else "limit" if self._broken(agent, amount) else None
        )
        if self._stored(ledger.take_money, agent, amount, "charge", legs, refusal):
            self.moved[-1].agent, self.moved[-1].counted = agent, self._count(agent, amount)

    @rule(agent=AGENTS, which=ANY, amount=st.integers(1, 80_000))
    def give_back(self, agent: int, which: int, amount: int) -> None:
        own = [
            one for one in self.moved if (one.kind, one.agent, one.can_be_reversed) == ("charge", agent, True)
        ]
        if own and which % 4:
            amount = own[which % len(own)].amount
        charge = next((one for one in reversed(own) if one.amount == amount), None)
        legs = _mirror(charge.legs) if charge else []
        refusal = None if charge else "nothing"
        if self._stored(ledger.give_back_money, agent, amount, "give_back", legs, refusal) and charge:
            self._undone(charge)

    @rule(agent=AGENTS, amount=AMOUNTS)
    def receive_points(self, agent: int, amount: int) -> None:
        self._stored(
            ledger.receive_points, agent, amount, "points_in",
            [("issued", amount), (("points", agent), -amount)], None,
        )  # fmt: skip

    @rule(agent=AGENTS, amount=AMOUNTS)
    def take_points(self, agent: int, amount: int) -> None:
        refusal = "balance" if self.balance["points", agent] < amount else None
        legs = [(("points", agent), amount), ("issued", -amount)]
        self._stored(ledger.take_points, agent, amount, "points_out", legs, refusal)

    # Postings.

    @rule(giver=AGENTS, taker=AGENTS, amount=AMOUNTS)
    def move(self, giver: int, taker: int, amount: int) -> None:
        if giver == taker:
            taker = (taker + 1) % 3
        legs = [(("agent", giver), amount), (("agent", taker), -amount)]
        refusal = NotEnough if self._free(giver) < amount else None
        ids = self.world.ids
        call = {"kind": "move", "debit": ids["agent", giver], "credit": ids["agent", taker], "amount": amount}
        self._verb(ledger.move, call, "move", amount, legs, refusal)

    @rule(giver=AGENTS, taker=AGENTS, amount=st.integers(3, 90_000), is_late=st.booleans())
    def post(self, giver: int, taker: int, amount: int, is_late: bool) -> None:
        if giver == taker:
            taker = (taker + 1) % 3
        part = amount // 3
        legs = [(("agent", giver), amount), (("agent", taker), -part), ("income", part - amount)]
        refusal: Any = NotEnough if self._free(giver) < amount else None
        if is_late and self.is_closed:
            refusal = DayClosed
        call: dict[str, Any] = {
            "kind": "move",
            "legs": [(self.world.ids[name], value) for name, value in legs],
        }
        if is_late:
            call["at"] = timezone.now() - timedelta(days=1)
        self._verb(ledger.post, call, "move", amount, legs, refusal)

    @rule()
    def close_yesterday(self) -> None:
        self._try(
            lambda: ledger.close_day(self.day - timedelta(days=1)), DayClosed if self.is_closed else None
        )
        self.is_closed = True

    @rule(name=st.sampled_from(SHARED))
    def fold(self, name: str) -> None:
        ledger.fold(self.world.ids[name])

    @rule(
        agent=AGENTS, which=st.sampled_from([0, 1, 2]), cap=st.sampled_from([None, 40_000, 120_000, 400_000])
    )
    def set_cap(self, agent: int, which: int, cap: int | None) -> None:
        self.caps[agent][which] = cap
        self._set_caps(agent)

    # Holds.

    @rule(agent=AGENTS, amount=AMOUNTS)
    def hold(self, agent: int, amount: int) -> None:
        refusal = (
            NotEnough if self._free(agent) < amount else OverLimit if self._broken(agent, amount) else None
        )
        call = {"account": self.world.ids["agent", agent], "amount": amount}
        made = self._keyed(ledger.hold, call, refusal)
        if made:
            self.held[agent] += amount
            self.holds.append(Held(made.id, agent, amount, self._count(agent, amount)))

    @precondition(lambda self: self.holds)
    @rule(which=ANY, expired=st.booleans())
    def release(self, which: int, expired: bool) -> None:
        hold = self.holds[which % len(self.holds)]
        was_open = hold.is_open
        answer = self._try(
            lambda: ledger.release(hold=hold.pk, expired=expired), HoldEnded if self._taken(hold) else None
        )
        assert answer in (None, was_open)
        if answer:
            self._end(hold)
        else:
            self.nothing_changed = True

    @precondition(lambda self: self.holds)
    @rule(which=ANY, taker=AGENTS, part=st.integers(1, 120))
    def capture(self, which: int, taker: int, part: int) -> None:
        hold = self.holds[which % len(self.holds)]
        amount = max(1, hold.amount * part // 100)
        if taker == hold.agent:
            taker = (taker + 1) % 3
        refusal = HoldEnded if not hold.is_open or hold.sale is not None or amount > hold.amount else None
        call = {"kind": "move", "hold": hold.pk, "legs": [(self.world.ids["agent", taker], -amount)]}
        legs = [(("agent", hold.agent), amount), (("agent", taker), -amount)]
        if self._verb(ledger.capture, call, "move", amount, legs, refusal):
            hold.is_open = False
            self.held[hold.agent] -= hold.amount
            self._give_back(hold.agent, hold.counted, hold.amount - amount)
            self.moved[-1].agent, self.moved[-1].counted = hold.agent, hold.counted

    # Reversals.

    @precondition(lambda self: self.moved)
    @rule(which=ANY)
    def reverse(self, which: int) -> None:
        moved = self.moved[which % len(self.moved)]
        legs = _mirror(moved.legs)
        short = any(name[0] == "agent" and value > self._free(name[1]) for name, value in legs)
        refusal = (
            NotReversible if moved.kind in ("reversal", "give_back")
            else ReversedByState if moved.kind == "sale"
            else AlreadyReversed if not moved.can_be_reversed
            else NotEnough if short
            else None
        )  # fmt: skip
        if self._verb(ledger.reverse, {"transfer": moved.pk}, "reversal", moved.amount, legs, refusal):
            self._undone(moved)

    # Sales that the core reports.

    @rule(
        agent=AGENTS, state=st.sampled_from(["pending", "suspect", "success", "failed", "reversed"]),
        bill=st.integers(5_000, 90_000), points=st.integers(0, 9), which=ANY, with_hold=st.booleans(),
    )  # fmt: skip
    def report(self, agent: int, state: str, bill: int, points: int, which: int, with_hold: bool) -> None:
        named = self.holds[which % len(self.holds)] if with_hold and self.holds else None
        sale = self.world.houses[agent].sale(
            state=state, bill=bill, points=points, hold=named.pk if named else None
        )
        [outcome] = report_sales([sale])
        assert outcome.answer == "new", outcome
        sold = Sold(sale, agent)
        self.sold.append(sold)
        self._claim(sold, named)
        exception = None
        if state == "success":
            exception = self._sell(sold)
        elif state in ("failed", "reversed"):
            self._end(sold.hold)
        elif sold.hold is None:
            exception = self._try_hold(sold)
        assert outcome.exception == exception, (outcome, exception)

    @precondition(lambda self: self.sold)
    @rule(
        which=ANY, state=st.sampled_from(["suspect", "success", "failed", "reversed"]), hold=ANY, is_other=ANY
    )
    def report_again(self, which: int, state: str, hold: int, is_other: int) -> None:
        sold = self.sold[which % len(self.sold)]
        named = self.holds[hold % len(self.holds)] if self.holds and hold % 3 == 0 else None
        stated = replace(sold.sale, state=state, hold=named.pk if named else None)
        if is_other % 7 == 0:
            stated = replace(stated, bill=stated.bill + 1)
        [outcome] = report_sales([stated])
        if is_other % 7 == 0:
            assert outcome.answer == "different"
        elif state == sold.sale.state:
            assert outcome.answer == "same"
        elif state not in MOVES.get(sold.sale.state, ()):
            assert outcome.answer == "backwards"
        else:
            assert outcome.answer == "moved"
            if sold.hold is None:
                self._claim(sold, named)
            exception = None
            if state == "success":
                exception = self._sell(sold)
            elif sold.sale.state == "success" and sold.transfer:
                self._apply("reversal", 0, sold.transfer.amount, _mirror(sold.transfer.legs))
                self._undone(sold.transfer)
            elif state in ("failed", "reversed"):
                self._end(sold.hold)
            assert outcome.exception == exception, (outcome, exception)
            sold.sale = replace(sold.sale, state=state)
            return
        self.nothing_changed = True

    # The same key again.

    @precondition(lambda self: self.answered)
    @rule(which=ANY)
    def repeat(self, which: int) -> None:
        verb, call, pk = self.answered[which % len(self.answered)]
        again = verb(**call)
        assert again == (pk, True) if isinstance(again, ledger.Posted) else again.description == "repeated"
        self.nothing_changed = True

    @precondition(lambda self: self.answered)
    @rule(which=ANY, verb=st.sampled_from(["move", "post", "reverse", "stored"]))
    def use_a_key_again(self, which: int, verb: str) -> None:
        call = self.answered[which % len(self.answered)][1]
        if "account" in call:
            return  # a hold's keys are another table's
        ids, key = self.world.ids, call["key"]
        if verb == "stored":
            answer = ledger.receive_money(
                agent=self.world.houses[0].agent.agent_id,
                amount=call.get("amount", 0) % 1_000 + 7_000_007,
                key=key,
            )
            assert (answer.status, answer.description) == ("FAILED", "different")
            self.nothing_changed = True
            return
        other = [
            one
            for one in self.moved
            if one.kind not in ("sale", "reversal", "give_back") and one.can_be_reversed
        ]
        calls = {
            "move": lambda: ledger.move(
                key=key, kind="move", debit=ids["agent", 0], credit=ids["bank"], amount=3
            ),
            "post": lambda: ledger.post(key=key, kind="move", legs=[(ids["agent", 0], 3), (ids["bank"], -3)]),
            "reverse": lambda: ledger.reverse(key=key, transfer=other[0].pk),
        }
        if verb != "reverse" or other:
            self._try(calls[verb], DifferentPayload)

    # The model.

    @staticmethod
    def today() -> date:
        return timezone.localdate(timezone=_JAKARTA)

    def _free(self, agent: int) -> int:
        return self.balance["agent", agent] - self.held[agent]

    def _broken(self, agent: int, amount: int) -> str | None:
        item, day, month = self.caps[agent]
        used = self.used[agent]
        return (
            "item" if item is not None and amount > item
            else "day" if day is not None and used[0] + amount > day
            else "month" if month is not None and used[1] + amount > month
            else None
        )  # fmt: skip

    def _count(self, agent: int, amount: int) -> tuple[bool, bool]:
        _, day, month = self.caps[agent]
        counted = (day is not None, month is not None)
        self._give_back(agent, counted, -amount)
        return counted

    def _give_back(self, agent: int, counted: tuple[bool, bool], amount: int) -> None:
        for period, was_counted in enumerate(counted):
            if was_counted:
                self.used[agent][period] -= amount

    def _taken(self, hold: Held) -> bool:
        """Captured, or a sale's that is still under way."""
        captured = not hold.is_open and hold.pk not in self._released
        return captured or (hold.is_open and hold.sale is not None)

    @property
    def _released(self) -> set[int]:
        return self.__dict__.setdefault("released", set())

    def _end(self, hold: Held | None) -> None:
        if hold and hold.is_open:
            hold.is_open = False
            self._released.add(hold.pk)
            self.held[hold.agent] -= hold.amount
            self._give_back(hold.agent, hold.counted, hold.amount)

    def _claim(self, sold: Sold, named: Held | None) -> None:
        if named and named.is_open and named.sale is None and named.agent == sold.agent:
            named.sale, sold.hold = id(sold), named

    def _try_hold(self, sold: Sold) -> str | None:
        amount = _charged(sold.sale)
        if self._free(sold.agent) < amount or self._broken(sold.agent, amount):
            return "unheld" if sold.sale.state == "suspect" else None
        pk = int(_hold_of(sold.sale.noref) or 0)
        self.held[sold.agent] += amount
        sold.hold = Held(pk, sold.agent, amount, self._count(sold.agent, amount), id(sold))
        self.holds.append(sold.hold)
        return None

    def _sell(self, sold: Sold) -> str | None:
        sale, agent, amount = sold.sale, sold.agent, _charged(sold.sale)
        hold = sold.hold if sold.hold and sold.hold.is_open else None
        counted, exception = (False, False), None
        if hold:
            hold.is_open = False
            self.held[agent] -= hold.amount
        if hold and hold.amount >= amount:
            counted = hold.counted
            self._give_back(agent, counted, hold.amount - amount)
        else:
            if hold:
                self._give_back(agent, hold.counted, hold.amount)
            exception = "floor" if self._free(agent) < amount else self._broken(agent, amount)
            if not exception:
                counted = self._count(agent, amount)
        net = sale.bill + sale.fine + sale.biller_fee - sale.commission
        legs: list[tuple[Any, int]] = [
            (("receivable" if exception else "agent", agent), amount),
            ("deposit", -net),
            ("income", net - amount),
            (("points", agent), -sale.points),
            ("issued", sale.points),
        ]
        pk = int(_transfer_of(sale.noref))
        sold.transfer = self._apply("sale", pk, amount, legs)
        sold.transfer.agent, sold.transfer.counted = agent, counted
        return exception

    def _apply(self, kind: str, pk: int, amount: int, legs: list[tuple[Any, int]]) -> Moved:
        for name, value in legs:
            self.balance[name] += value * _SIGNS[name if isinstance(name, str) else name[0]]
        moved = Moved(pk, kind, amount, legs)
        if pk:
            self.moved.append(moved)
        return moved

    def _undone(self, moved: Moved) -> None:
        moved.can_be_reversed = False
        if moved.agent is not None:
            self._give_back(moved.agent, moved.counted, moved.amount)

    def _set_caps(self, agent: int) -> None:
        item, day, month = self.caps[agent]
        Account.objects.filter(pk=self.world.ids["agent", agent]).update(
            item_cap=item, day_cap=day, month_cap=month
        )

    # Calls.

    def _try(self, call: Any, refusal: type[PpobError] | None) -> Any:
        """What the call answers; it must be refused when the model says so, and then has changed no row."""
        try:
            answer = call()
        except PpobError as error:
            if refusal is not type(error):
                raise AssertionError(f"{type(error).__name__} instead of {refusal}") from error
            self.nothing_changed = True
            self.world.refused += 1
            return None
        assert refusal is None, (refusal, answer)
        return answer

    def _keyed(self, verb: Any, call: dict[str, Any], refusal: type[PpobError] | None) -> Any:
        call = {"key": f"k{next(self.keys)}", **call}
        made = self._try(lambda: verb(**call), refusal)
        if made:
            assert not made.replayed
            self.answered.append((verb, call, made.id))
        return made

    def _verb(
        self,
        verb: Any,
        call: dict[str, Any],
        kind: str,
        amount: int,
        legs: list[tuple[Any, int]],
        refusal: Any,
    ) -> bool:
        made = self._keyed(verb, call, refusal)
        if made:
            self._apply(kind, made.id, amount, legs)
        return bool(made)

    def _stored(
        self, verb: Any, agent: int, amount: int, kind: str, legs: list[tuple[Any, int]], refusal: str | None
    ) -> bool:
        call: dict[str, Any] = {
            "key": f"k{next(self.keys)}",
            "agent": self.world.houses[agent].agent.agent_id,
            "amount": amount,
        }
        answer = verb(**call)
        if refusal:
            assert (answer.status, answer.description) == ("FAILED", refusal), answer
            self.nothing_changed = True
            self.world.refused += 1
            return False
        assert answer.status == "SUCCESS", answer
        self._apply(kind, _id_of(call["key"]), amount, legs)
        name = ("points" if kind.startswith("points") else "agent", agent)
        assert answer.current == self.balance[name], answer
        self.answered.append((verb, call, _id_of(call["key"])))
        return True


_JAKARTA = timezone.get_fixed_timezone(timedelta(hours=7))
_SIGNS = {
    "agent": -1, "receivable": 1, "points": -1, "deposit": 1, "bank": 1, "income": -1, "clearing": 1, "issued": 1,
}  # fmt: skip


def _mirror(legs: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    return [(name, -value) for name, value in legs]


def _charged(sale: Sale) -> int:
    return sale.bill + sale.fine + sale.biller_fee + sale.counter_fee - sale.agent_share


def _one(sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        return row[0] if row else None


def _id_of(key: str) -> int:
    return int(_one("SELECT id FROM ppob_transfer WHERE key = %s", key))


def _hold_of(noref: str) -> int | None:
    return _one("SELECT hold_id FROM ppob_transaction WHERE noref = %s", noref)


def _transfer_of(noref: str) -> int:
    return int(_one("SELECT transfer_id FROM ppob_transaction WHERE noref = %s", noref))
