import json
import random
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ppob.models import ApiClient
from ppob.services.api_clients import make_api_client, secret_of
from ppob.simulation.catalogue import KEPT_EMPTY, Catalogue
from ppob.simulation.core_client import CoreClient, NoAnswer
from ppob.simulation.days import CannotSimulate, as_facts, simulate_day
from ppob.simulation.live import LiveSales
from ppob.simulation.treasury import top_up_agents

SIMULATOR = "Simulator"
# What an agent tops up when its money runs low.
TOP_UP = 5_000_000


class Command(BaseCommand):
    help = (
        "Play agents and billers: --live sells through the public API; --biller and --date make a business day, its"
        " settlement file and the key of its differences."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--live", action="store_true", help="agents selling now, through the API of a portal that is up")
        add("--rate", type=float, default=2.0, help="sales a second (default: 2)")
        add("--seconds", type=float, default=60.0, help="for how long; 0: until Ctrl-C")
        add("--url", help="the portal's address (default: the one that is up on this machine)")
        add("--key-id", help="of a PPOB API key; default: a key of the simulator's own")
        add("--secret", help="of that key")
        add("--log", type=Path, metavar="FILE", help="write each item's answer there, a JSON object a line")
        add("--biller", metavar="CODE", help="make a business day of this biller")
        add("--date", type=date.fromisoformat, metavar="YYYY-MM-DD")
        add("--transactions", type=int, default=1000)
        add("--breaks", type=float, default=2.0, help="differences in percent of the transactions")
        add("--seed", type=int, default=1)
        add("--out", type=Path, default=Path(), metavar="DIR", help="where file and answer.json go")
        add("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["live"] == bool(options["biller"]):
            raise CommandError("Say --live, or --biller CODE --date YYYY-MM-DD.")
        answer = self._live(options) if options["live"] else self._day(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in answer.items()))

    def _day(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["date"] is None or options["transactions"] < 1 or not 0 <= options["breaks"] <= 50:
            raise CommandError("A day needs --date, at least one transaction, and 0 to 50 percent of breaks.")
        try:
            made = simulate_day(
                biller=options["biller"], day=options["date"], transactions=options["transactions"],
                share=options["breaks"] / 100, seed=options["seed"], folder=options["out"],
            )  # fmt: skip
        except (CannotSimulate, OSError) as error:
            raise CommandError(str(error)) from error
        return as_facts(made)

    def _live(self, options: dict[str, Any]) -> dict[str, Any]:
        if not 0 < options["rate"] <= 5000 or options["seconds"] < 0:
            raise CommandError("A rate is above 0 and at most 5000 sales a second; seconds are not negative.")
        url = (options["url"] or settings.PORTAL_URL).rstrip("/")
        key_id, secret = _key(options)
        catalogue = Catalogue.read(without=KEPT_EMPTY)
        if catalogue.is_empty:
            raise CommandError("There are no active agents, or no products that a biller delivers.")
        try:
            _ask(CoreClient(url, key_id=key_id, secret=secret))
            with ExitStack() as stack:
                log = stack.enter_context(options["log"].open("a")) if options["log"] else None
                sales = LiveSales(
                    catalogue, lambda: CoreClient(url, key_id=key_id, secret=secret), chance=random.Random(), log=log,  # noqa: S311  not a secret
                    find_money=_find_money,
                )  # fmt: skip
                return sales.run(rate=options["rate"], seconds=options["seconds"])
        except (NoAnswer, OSError) as error:
            raise CommandError(str(error)) from error


def _find_money(agent: str) -> int:
    """An agent whose balance runs low transfers money; what it sells still goes through the API alone."""
    top_up_agents({agent: TOP_UP})
    return TOP_UP


def _key(options: dict[str, Any]) -> tuple[str, str]:
    """What was given, else a key of the simulator's own; a production portal makes none for it."""
    if options["key_id"] or options["secret"]:
        if not (options["key_id"] and options["secret"]):
            raise CommandError("--key-id and --secret belong together.")
        return options["key_id"], options["secret"]
    if settings.PRODUCTION:
        raise CommandError("In production name a PPOB API key by --key-id and --secret.")
    known = ApiClient.objects.filter(name=SIMULATOR, is_active=True).first()
    if known:
        return known.key_id, secret_of(known)
    client, secret = make_api_client(name=SIMULATOR, actor=None)
    return client.key_id, secret


def _ask(client: CoreClient) -> None:
    """Say at once that nobody is there, or that the key opens nothing."""
    try:
        status, answer = client.call("GET", "/api/v1/ppob/advices/")
    except OSError:
        raise NoAnswer(
            f"No portal answers at {client.url}: start it with `make run`, or name another by --url."
        ) from None
    finally:
        client.close()
    if status != 200:
        raise NoAnswer(f"The portal at {client.url} answers {status}: {answer.get('message')}")
