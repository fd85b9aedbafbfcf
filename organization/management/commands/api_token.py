import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organization.exceptions import OrganizationError
from organization.models import Employee
from organization.services.tokens import make_api_token


class Command(BaseCommand):
    help = "Make a key with which a program uses the API as this person. Its text is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--nik", required=True, help="whose roles and scope the program has")
        parser.add_argument("--name", required=True, help="which program uses it")
        parser.add_argument(
            "--days", type=int, default=90, help="valid for so many days, 366 at most (%(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days is 1 at least.")
        try:
            person = Employee.objects.get(nik=options["nik"])
            token, text = make_api_token(
                employee=person, name=options["name"], valid_for=timedelta(days=options["days"]), actor=None
            )
        except Employee.DoesNotExist:
            raise CommandError("Nobody has this NIK.") from None
        except OrganizationError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            answer = {"token": text, "name": token.name, "expires_at": token.expires_at.isoformat()}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{text}\nValid until {token.expires_at:%Y-%m-%d}. It is not shown again.")
