import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import outbox
from core.models import OutboxMessage


class Command(BaseCommand):
    help = "Give outbox messages that were given up three tries more. Without arguments it only counts them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="numbers of messages")
        parser.add_argument("--kind", help="all that were given up of this kind")
        parser.add_argument("--all", action="store_true", help="all that were given up")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if sum(map(bool, (options["ids"], options["kind"], options["all"]))) > 1:
            raise CommandError("Name messages, or a kind, or --all.")
        dead = OutboxMessage.objects.filter(dead_at__isnull=False)
        chosen = dead.none()
        if options["ids"]:
            chosen = dead.filter(pk__in=options["ids"])
        elif options["kind"] or options["all"]:
            chosen = dead.filter(kind=options["kind"]) if options["kind"] else dead
        requeued = outbox.requeue(chosen)
        answer = {"requeued": requeued, "dead": dead.count()}
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"requeued {requeued}, given up {answer['dead']}")
