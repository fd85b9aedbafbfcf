import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betaapp.services import make_store_token
from organization.models import Store


class Command(BaseCommand):
    help = "Make keys with which stores' computers use the API. Their texts are shown once; a store's older key ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--store", help="code of one store")
        which.add_argument("--branch", help="code of a branch: all of its open stores")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = Store.objects.filter(closed_on=None).order_by("code")
        chosen = (
            stores.filter(code=options["store"])
            if options["store"]
            else stores.filter(branch__code=options["branch"])
        )
        made = {store.code: make_store_token(store=store, actor=None)[1] for store in chosen}
        if not made:
            raise CommandError("There is no open store of this code.")
        if options["json"]:
            self.stdout.write(json.dumps({"tokens": made}))
        else:
            csv.writer(self.stdout).writerows([("store", "token"), *made.items()])
