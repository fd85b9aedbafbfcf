import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from ppob.legacy.dumps import open_dump
from ppob.legacy.exceptions import DumpRefused
from ppob.legacy.importer import Report, import_dump
from ppob.legacy.mapping import OURS, read_mapping


class Command(BaseCommand):
    help = (
        "Read a dump of the original's main tables: a folder or ZIP of CSV files named after their tables, or pg_dump's "
        "plain SQL. What is here already stays as it is, so a second run changes nothing. Rows that cannot be are listed "
        "with their line and the reason; passwords, PINs and one-time codes are never read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dump", required=True, type=Path, help="folder, ZIP or SQL file")
        parser.add_argument(
            "--map",
            type=Path,
            default=OURS,
            help="tables and columns, as TOML (a copy of %(default)s, edited)",
        )
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with translation.override("en"):  # reasons are for whoever typed the command
                report = import_dump(open_dump(options["dump"]), read_mapping(options["map"]))
        except DumpRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            self._print(report)
        if report.failed:
            raise CommandError(
                f"Nothing was taken from {', '.join(report.failed)}: {report.tables[report.failed[0]].error}"
            )

    def _print(self, report: Report) -> None:
        for name, table in report.tables.items():
            told = table.as_dict()
            self.stdout.write(
                f"{name}: {told['read']} read, {told['added']} added, {told['present']} here before, "
                f"{told['rejected']} rejected"
            )
            for what in ("unknown_columns", "refused_columns"):
                if told[what]:
                    self.stdout.write(f"  {what.replace('_', ' ')}: {', '.join(told[what])}")
        for row in report.rejected:
            self.stdout.write(f"  {row['table']}, line {row['line']}: {row['reason']}")
        for name, why in report.skipped.items():
            self.stdout.write(f"{name}: not read. {why}")
        if report.unknown_tables:
            self.stdout.write(f"unknown tables: {', '.join(report.unknown_tables)}")
