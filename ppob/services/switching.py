"""Master data is not deleted: what is no longer used is switched off, and everything that hangs on it stays."""

from typing import Any

from django.db import transaction
from django.db.models import Model

from core import audit
from organization.models import Employee
from ppob.exceptions import AlreadySo


def deactivate(*, thing: Model, actor: Employee) -> None:
    """It is no longer offered or used. Raises AlreadySo."""
    _switch(thing, False, "master.deactivated", actor)


def activate(*, thing: Model, actor: Employee) -> None:
    """It is used again, with all that it had. Raises AlreadySo."""
    _switch(thing, True, "master.activated", actor)


@transaction.atomic
def _switch(thing: Any, on: bool, act: str, actor: Employee) -> None:
    # One statement: of two who switch at once, one is told that it is so already.
    if not type(thing).objects.filter(pk=thing.pk, is_active=not on).update(is_active=on):
        raise AlreadySo
    audit.record(actor, act, thing, {"is_active": (not on, on)})
