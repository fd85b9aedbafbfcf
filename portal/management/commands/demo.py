"""Fills an empty database with the demo chain: all of it in one transaction, so that it is there whole or not at all."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Model

from organization.demo.chain import FEWEST_STORES
from organization.demo.chain import load as load_chain

# Two demos at once: the second waits for the first and then finds a filled database.
DEMO_LOCK = 7_205_001
APPS = ("organization", "monitoring")
# A row of one of these is data; counters of logins tried at an empty portal are not.
DATA = ("organization.Branch", "organization.Employee", "monitoring.Machine")
OURS = {"monitoring.Machine": {"transport": "local"}}
Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How large the demo shall be: stores, days of history, and the seed of its randomness."""

    stores: int
    days: int
    seed: int


def _load_organization(wish: Wish, progress: Progress) -> None:
    load_chain(stores=wish.stores, seed=wish.seed, progress=progress)


def _load_monitoring(wish: Wish, progress: Progress) -> None:
    from monitoring.demo.load import load

    load(days=wish.days, seed=wish.seed, progress=progress)


# In the order of dependence; an app that is added adds its loader. The number is its share of the whole time.
LOADERS: list[tuple[float, Callable[[Wish, Progress], None]]] = [
    (0.5, _load_organization),
    *([(0.5, _load_monitoring)] if find_spec("monitoring.demo.load") else []),
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
            self._fill(wish)
        except DatabaseError as error:
            raise CommandError(f"The demo was not loaded: {str(error).splitlines()[0]}") from error
        self._analyze()
        seconds = round(time.monotonic() - begun, 1)
        counts = {model._meta.label_lower: model._default_manager.count() for model in _models()}
        if options["json"]:
            self.stdout.write(json.dumps({"counts": counts, "seconds": seconds}))
        else:
            self.stdout.write(f"{sum(counts.values())} rows in {seconds} s")

    @transaction.atomic
    def _fill(self, wish: Wish) -> None:
        """Load all apps, or nothing: a load that is killed leaves an empty database behind."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEMO_LOCK])
            # Millions of rows take longer than any page may; only this transaction is excused.
            cursor.execute("SET LOCAL statement_timeout = 0")
        if filled := _first_with_rows():
            raise CommandError(f"The database has data already ({filled._meta.label}); nothing was changed.")
        start = 0.0
        for share, load in LOADERS:
            load(wish, self._progress(start, share))
            start += share

    def _progress(self, start: float, share: float) -> Progress:
        def report(done: float, what: str) -> None:
            whole = start + share * min(done, 1.0)
            self.stderr.write(f"demo {whole:4.0%}  {what}", self.style.NOTICE)
            self.stderr.flush()

        return report

    def _analyze(self) -> None:
        """Tell the planner about what has come; the tables' owner alone may."""
        tables = [connection.ops.quote_name(model._meta.db_table) for model in _models()]
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def _models() -> list[type[Model]]:
    return [
        model for label in APPS for model in apps.get_app_config(label).get_models() if model._meta.managed
    ]


def _first_with_rows() -> type[Model] | None:
    # The host itself is watched from the first minute, with or without a demo: its row is not somebody's data.
    return next(
        (
            m
            for m in map(apps.get_model, DATA)
            if m._default_manager.exclude(**OURS.get(m._meta.label, {})).exists()
        ),
        None,
    )


def _number(name: str, default: int) -> int:
    """A whole number from the environment; nonsense is said and not guessed at."""
    text = os.environ.get(name, "")
    if text and not text.isdigit():
        sys.exit(f"{name} must be a whole number, not {text!r}.")
    return int(text) if text else default
