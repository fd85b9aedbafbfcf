import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ppob.services.proof import verify_ledger


class Command(BaseCommand):
    """For the operator and for monitoring: exit code 1 when the ledger does not add up."""

    help = "Prove the ledger: everything sums to zero, balances are their entries, closed days are what they were."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_ledger()
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            counts = ", ".join(f"{name} {value}" for name, value in found.items() if name != "violations")
            self.stdout.write(f"{counts}, violations {len(found['violations'])}")
            for violation in found["violations"]:
                self.stdout.write(f"  {violation['kind']}: {violation['what']}")
        if found["violations"]:
            sys.exit(1)
