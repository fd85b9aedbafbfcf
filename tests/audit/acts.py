"""What the cases of every app need: who acts, and how a case is written.

A case prepares and answers with the act itself, so that the act alone runs while the trail is broken.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.test import Client

from organization.choices import Role
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory

Case = Callable[[], Callable[[], Any]]
Services = Mapping[str, list[Case]]  # an exported service: its cases
Doors = tuple[Case, ...]  # what is done through a page, a job or a command
Writers = Mapping[
    str, tuple[str, ...]
]  # a function that writes entries: what proves that nothing is done without them
FORMS = "test_no_form_of_the_admin_saves_without_its_entry"


def boss() -> Any:
    return EmployeeFactory(roles=[Role.ADMINISTRATOR], pin=PIN)


def ppob_boss() -> Any:
    return EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR])


def client_of(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client
