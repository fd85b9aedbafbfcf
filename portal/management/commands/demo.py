"""Fills an empty database with the demo chain: all of it in one transaction, so that it is there whole or not at all."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections, transaction

from betaapp.demo.load import load as load_beta
from monitoring.demo.load import load as load_machines
from organization.demo.chain import FEWEST_STORES
from organization.demo.chain import load as load_chain
from portal.demo_mark import DemoMark, set_demo_mark
from ppob.demo.master import load as load_ppob
from ppob.demo.money import load as load_money
from ppob.demo.reconciliation import load as load_reconciliation
from ppob.demo.sales import load as load_sales

# Two demos at once: the second waits for the first and then finds a filled database.
DEMO_LOCK = 7_205_001
MAINTAINED = (
    ("VACUUM (ANALYZE)", "organization"),
    ("ANALYZE", "betaapp"),
    ("ANALYZE", "monitoring"),
    ("VACUUM (ANALYZE)", "ppob"),
)
# A row of one of these is data; counters of logins tried at an empty portal are not.
DATA = ("organization.Branch", "organization.Employee", "monitoring.Machine", "ppob.Agent")
OURS = {"monitoring.Machine": {"transport": "local"}}
Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How large the demo shall be: stores, days of history, and the seed of its randomness."""

    stores: int
    days: int
    seed: int


def _load_organization(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_chain(stores=wish.stores, seed=wish.seed, progress=progress)


def _load_beta(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_beta(seed=wish.seed, progress=progress)


def _load_monitoring(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_machines(days=wish.days, seed=wish.seed, progress=progress)


def _load_ppob(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_ppob(seed=wish.seed, progress=progress)


def _load_sales(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_sales(days=wish.days, seed=wish.seed, progress=progress)


def _load_money(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_money(days=wish.days, seed=wish.seed, progress=progress)


def _load_reconciliation(wish: Wish, progress: Progress) -> dict[str, int]:
    return load_reconciliation(days=wish.days, seed=wish.seed, progress=progress)


# In the order of dependence; an app that is added adds its loader. The number is its share of the whole time.
LOADERS: list[tuple[float, Callable[[Wish, Progress], dict[str, int]]]] = [
    (0.3, _load_organization),
    (0.05, _load_beta),
    (0.25, _load_monitoring),
    (0.05, _load_ppob),
    (0.25, _load_sales),
    (0.05, _load_money),
    (0.05, _load_reconciliation),
]


class Command(BaseCommand):
    help = "Fill an empty database with a demo chain made from a fixed seed; refuse one that has data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--stores", type=int, default=_number("GERAI_DEMO_STORES", 16_000), help="how many stores")
        add("--days", type=int, default=_number("GERAI_DEMO_DAYS", 42), help="days of history until today")
        add("--seed", type=int, default=1, help="another seed, another chain")
        add("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        wish = Wish(stores=options["stores"], days=options["days"], seed=options["seed"])
        if wish.stores < FEWEST_STORES or wish.days < 1:
            raise CommandError(f"A demo has at least {FEWEST_STORES} stores and one day.")
        begun = time.monotonic()
        try:
            counts = self._load(wish)
            self._analyze()
        except DatabaseError as error:
            raise CommandError(f"The demo was not loaded: {str(error).splitlines()[0]}") from error
        seconds = round(time.monotonic() - begun, 1)
        if options["json"]:
            self.stdout.write(json.dumps({"counts": counts, "seconds": seconds}))
        else:
            self.stdout.write(f"{sum(counts.values())} rows in {seconds} s")

    def _load(self, wish: Wish) -> dict[str, int]:
        """Fill the database and mark it as a demo, which is what lets the login's role cards in."""
        _refuse_data()
        set_demo_mark(DemoMark.LOADING)
        try:
            counts = self._fill(wish)
        except BaseException:
            set_demo_mark(DemoMark.NONE)  # the transaction is undone: the database is as empty as before
            raise
        set_demo_mark(DemoMark.LOADED)
        return counts

    @transaction.atomic
    def _fill(self, wish: Wish) -> dict[str, int]:
        """Load all apps, or nothing: a load that is killed leaves an empty database behind."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEMO_LOCK])
            # Millions of rows take longer than any page may; only this transaction is excused.
            cursor.execute("SET LOCAL statement_timeout = 0")
        _refuse_data()
        start = 0.0
        counts: dict[str, int] = {}
        for share, load in LOADERS:
            counts |= load(wish, self._progress(start, share))
            start += share
        return counts

    def _progress(self, start: float, share: float) -> Progress:
        def report(done: float, what: str) -> None:
            whole = start + share * min(done, 1.0)
            self.stderr.write(f"demo {whole:4.0%}  {what}", self.style.NOTICE)
            self.stderr.flush()

        return report

    def _analyze(self) -> None:
        """Tell the planner about what has come; the tables' owner alone may.

        Of places and people also merge what COPY left on the search indexes' waiting lists: as long as it stands
        there, the planner takes the whole table instead.
        """
        with connections["owner"].cursor() as cursor:
            for how, label in MAINTAINED:
                models = [one for one in apps.get_app_config(label).get_models() if one._meta.managed]
                tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
                cursor.execute(f"{how} {', '.join(tables)}")


def _refuse_data() -> None:
    """Raise CommandError where somebody's data is. The watched host's row is not: it is there from the first minute."""
    for label in DATA:
        if apps.get_model(label)._default_manager.exclude(**OURS.get(label, {})).exists():
            raise CommandError(f"The database has data already ({label}); nothing was changed.")


def _number(name: str, default: int) -> int:
    """A whole number from the environment; nonsense is said and not guessed at."""
    text = os.environ.get(name, "")
    if text and not text.isdigit():
        sys.exit(f"{name} must be a whole number, not {text!r}.")
    return int(text) if text else default
