import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from core.audit.erasing import erase_personal
from core.audit.kinds import kind_of
from organization.exceptions import OrganizationError
from organization.models import Employee
from organization.services import erase_person, personal_data_of


class Command(BaseCommand):
    """A person's data as one JSON object, or its end. For operators, who act for whoever may decide it."""

    help = "Print all that the portal knows of a person; with --erase take it away, of somebody who left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--nik", required=True)
        parser.add_argument("--erase", metavar="REASON", help="erase, and say why in the audit trail")
        parser.add_argument("--json", action="store_true", help="the same; there is no other form")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Employee.objects.filter(nik=options["nik"]).first()
        if person is None:
            raise CommandError("This NIK is not registered.")
        reason = options["erase"]
        answer = self._erase(person, reason) if reason else personal_data_of(person, actor=None)
        self.stdout.write(json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False))

    def _erase(self, person: Employee, reason: str) -> dict[str, int]:
        """Safe to run again if it was stopped between the two: then by the number that nobody has."""
        try:
            done = erase_person(employee=person, reason=reason, actor=None)
        except OrganizationError as refusal:
            raise CommandError(str(refusal)) from refusal
        entries = erase_personal(
            kind=kind_of(person), uuid=person.uuid, before=timezone.now(), actor=None, reason=reason
        )
        return {**done, "audit_entries": entries}
