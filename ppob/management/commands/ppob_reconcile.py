import json
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.exceptions import GeraiError
from ppob.choices import FileSource
from ppob.models import Biller
from ppob.reconciliation.answer import as_facts
from ppob.reconciliation.export import export_run
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day


class Command(BaseCommand):
    help = "Reconcile one biller's business day, as the clock does it: our sales against its settlement file."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--biller", metavar="CODE", required=True)
        add("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", required=True)
        add(
            "--file", type=Path, action="append", metavar="FILE", default=None,
            help="the settlement file, instead of those that came before; several times for one in parts",
        )  # fmt: skip
        add("--export", type=Path, metavar="DIR", help="write the result there")
        add("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        biller = Biller.objects.filter(code=options["biller"]).first()
        if biller is None:
            raise CommandError(f"There is no biller {options['biller']}.")
        try:
            for number, path in enumerate(options["file"] or []):
                with path.open("rb") as stream:
                    receive_file(
                        biller=biller, day=options["date"], stream=stream, name=path.name, source=FileSource.COMMAND,
                        adds=number > 0,
                    )  # fmt: skip
            run = run_day(biller=biller, day=options["date"])
            answer = as_facts(run, time.monotonic() - begun)
            if options["export"]:
                answer["files"] = export_run(run, options["export"])
        except (GeraiError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in answer.items()))
