import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.audit.verifying import verify


class Command(BaseCommand):
    """For the operator and for monitoring: exit code 1 when something is not what it was."""

    help = "Check the audit trail against its seals and the file of heads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict()))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in verdict.as_dict().items()))
        if verdict.broken_at:
            sys.exit(1)
