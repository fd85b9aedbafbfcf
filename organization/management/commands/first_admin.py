import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from organization.login import first_admin
from organization.login.exceptions import LoginRefused


class Command(BaseCommand):
    """The way in where there is no demo: a link that works once, for a day, until an administrator has logged in."""

    help = "Make the first administrator's one-time link. Refuses once an administrator has logged in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--nik", required=True, help="the administrator's NIK, 5 to 16 digits")
        parser.add_argument("--name", default="Administrator", help="the name, if the NIK is new")
        parser.add_argument(
            "--base-url",
            default=settings.PORTAL_URL,
            help="where people open the portal (%(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            link = first_admin.make_link(nik=options["nik"], name=options["name"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except LoginRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        path = reverse("login:first-admin", args=[link.token])
        url = options["base_url"].rstrip("/") + path
        if options["json"]:
            answer = {"link": url, "nik": link.person.nik, "expires_at": link.expires_at.isoformat()}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Open this link within 24 hours; it works once:\n{url}")
