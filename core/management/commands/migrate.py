from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from core.partitions import OWNER, maintain_partitions


class Command(DjangoMigrate):
    """Django's `migrate`, run as the owner of the tables: the application's role may not change the schema.

    A new partitioned table has no partition to hold a row; so they are made right after, for tests and launcher alike.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        # Only after the whole schema is there: a table of an app that went back to zero cannot have partitions.
        if not (options["check_unapplied"] or options["plan"] or options["app_label"]):
            maintain_partitions(using=options["database"])
