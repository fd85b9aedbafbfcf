"""Agents selling now: sales at a steady rate through the public API, most of them pending first, with all ways to end."""

import heapq
import json
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TextIO

from ppob.choices import TransactionState
from ppob.services.sales import Sale
from ppob.simulation.catalogue import REVERSED, Catalogue, Norefs, draw_sale, draw_state, response_code
from ppob.simulation.core_client import CoreClient, NoAnswer

BATCH, SENDERS = 50, 4
# A batch leaves when it is full, or when its first item has waited for so long.
PATIENCE_S = 0.5
# Of a hundred sales, so many are told of while they are under way.
PENDING_FIRST = 35
UNDER_WAY_S = (0.8, 4.0)
UNTIL_REVERSED_S = (3.0, 20.0)
# Below this an agent looks for money, above it sells on.
LOW = 1_000_000


@dataclass
class Tally:
    """Items sent and what became of them; how long calls took."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    exceptions: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    def as_answer(self, seconds: float) -> dict[str, Any]:
        ordered = sorted(self.milliseconds) or [0.0]
        return {
            "sent": self.sent,
            "accepted": self.accepted,
            "refused": self.refused,
            "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
            "exceptions": self.exceptions,
            "refusals": self.codes,
            "per_second": round(self.accepted / max(seconds, 0.001), 1),
            "seconds": round(seconds, 1),
        }


class LiveSales:
    """One run. The main thread draws sales in time, a few others send them; the first trouble ends it."""

    def __init__(
        self,
        catalogue: Catalogue,
        connect: Callable[[], CoreClient],
        *,
        chance: random.Random,
        log: TextIO | None = None,
        find_money: Callable[[str], int] | None = None,
    ) -> None:
        self.catalogue, self.connect, self.chance, self.log, self.find_money = (
            catalogue,
            connect,
            chance,
            log,
            find_money,
        )
        self.norefs = Norefs(chance)
        self.tally = Tally()
        self.waiting: queue.Queue[Sale | None] = queue.Queue()
        # Sales under way: (when, number, as they will be told of next).
        self.later: list[tuple[float, int, Sale]] = []
        self.under_way: dict[str, Sale] = {}
        self.lock = threading.Lock()
        self.trouble: Exception | None = None

    def run(self, *, rate: float, seconds: float) -> dict[str, Any]:
        """So many sales a second for so long, then what is under way comes to its end. 0 seconds: until interrupted."""
        begun = time.monotonic()
        senders = [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        drawn = 0
        try:
            while self.trouble is None and (not seconds or time.monotonic() - begun < seconds):
                due = int((time.monotonic() - begun) * rate) + 1 - drawn
                for _ in range(due):
                    self.waiting.put(self._begin())
                drawn += max(0, due)
                self._continue(time.monotonic())
                time.sleep(min(0.05, 1 / rate))
        except KeyboardInterrupt:
            pass
        self._end(senders)
        if self.trouble is not None:
            raise self.trouble
        return self.tally.as_answer(time.monotonic() - begun)

    def _begin(self) -> Sale:
        catalogue, chance = self.catalogue, self.chance
        now = datetime.now(UTC)
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        agent = catalogue.draw_agent(chance)
        sale = draw_sale(chance, self.norefs, at=at, agent=agent, route=catalogue.draw_route(chance))
        left = catalogue.balances.get(agent, 0) - sale.bill - sale.biller_fee - sale.counter_fee
        if left < LOW and self.find_money:
            left += self.find_money(agent)
        catalogue.balances[agent] = left
        ended = self._ended(sale)
        if chance.randrange(100) < PENDING_FIRST:
            self.under_way[sale.noref] = ended
            return replace(
                sale, state=TransactionState.PENDING, response_code="", serial="", milliseconds=None
            )
        return ended

    def _ended(self, sale: Sale) -> Sale:
        """As it will end. What is taken back later is a success first."""
        state = draw_state(self.chance)
        if state in (TransactionState.SUCCESS, TransactionState.REVERSED):
            return sale
        return replace(sale, state=state, response_code=response_code(state, self.chance), serial="")

    def _continue(self, until: float) -> None:
        """Put what is due in line."""
        with self.lock:
            while self.later and self.later[0][0] <= until:
                self.waiting.put(heapq.heappop(self.later)[2])

    def _end(self, senders: list[threading.Thread]) -> None:
        """What was begun is told to its end; nobody waits for long."""
        deadline = time.monotonic() + 30
        while self.trouble is None and time.monotonic() < deadline:
            self._continue(float("inf"))
            with self.lock:
                is_over = not self.later and self.waiting.unfinished_tasks == 0
            if is_over:
                break
            time.sleep(0.02)
        for _ in senders:
            self.waiting.put(None)
        for sender in senders:
            sender.join(5)

    def _send(self) -> None:
        client = self.connect()
        try:
            while (first := self.waiting.get()) is not None:
                batch, is_last = self._batch(first)
                answers = client.report([_item(sale) for sale in batch])
                with self.lock:
                    self._note(batch, answers)
                for _ in batch:
                    self.waiting.task_done()
                if is_last:
                    break
        except NoAnswer as error:
            self.trouble = error
        finally:
            with self.lock:
                self.tally.milliseconds += client.milliseconds
            client.close()

    def _batch(self, first: Sale) -> tuple[list[Sale], bool]:
        batch, deadline = [first], time.monotonic() + PATIENCE_S
        while len(batch) < BATCH:
            try:
                sale = self.waiting.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if sale is None:
                return batch, True
            batch.append(sale)
        return batch, False

    def _note(self, batch: list[Sale], answers: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        for sale, answer in zip(batch, answers, strict=True):
            self.tally.sent += 1
            if answer["answer"] == "taken":
                self.tally.accepted += 1
                self.tally.exceptions += bool(answer["exception"])
                self._goes_on(sale, now)
            else:
                self.tally.refused += 1
                code = answer["error"]["code"]
                self.tally.codes[code] = self.tally.codes.get(code, 0) + 1
            if self.log:
                line = {"biller": sale.biller, "noref": sale.noref, "state": sale.state, **answer}
                self.log.write(json.dumps(line) + "\n")

    def _goes_on(self, sale: Sale, now: float) -> None:
        """Pending comes to an end, and a few successes are taken back."""
        if sale.state == TransactionState.PENDING:
            due = now + self.chance.uniform(*UNDER_WAY_S)
            heapq.heappush(self.later, (due, self.tally.sent, self.under_way.pop(sale.noref)))
        elif sale.state == TransactionState.SUCCESS and self.chance.randrange(1000) < REVERSED:
            due = now + self.chance.uniform(*UNTIL_REVERSED_S)
            heapq.heappush(self.later, (due, self.tally.sent, replace(sale, state=TransactionState.REVERSED)))


def _item(sale: Sale) -> dict[str, Any]:
    item = asdict(sale)
    item["occurred_at"] = sale.occurred_at.isoformat()
    del item["hold"]
    return item
