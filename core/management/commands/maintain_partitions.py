import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.partitions import maintain_partitions


class Command(BaseCommand):
    help = "Make partitions of the big tables for the coming days and drop those that are too old."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        done = maintain_partitions()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(f"made {len(done.made)}, dropped {len(done.dropped)}")
