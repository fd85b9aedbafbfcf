"""How master data is written: checked, saved and told in the trail, in the caller's transaction."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import errors
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from core import audit
from organization.models import Employee
from ppob.exceptions import TakenMeanwhile

Thing = TypeVar("Thing", bound=Model)


def add(thing: Thing, *, actor: Employee | None) -> Thing:
    """Save what is new. Raises ValidationError by field, TakenMeanwhile."""
    _save(thing)
    audit.record(actor, "object.added", thing, _facts(thing))
    return thing


def change(
    thing: Thing, new: Mapping[str, Any], *, actor: Employee | None, act: str = "object.changed"
) -> tuple[Thing, bool]:
    """Give the thing these values, as it stands now and not as the form once read it; whether any was another one.

    Locks the row, so that two who change it queue and each entry tells what was really there. Raises as `add`.
    """
    manager = type(thing)._default_manager
    locked = manager.select_for_update(of=("self",)).get(pk=thing.pk)
    changes = audit.changed(locked, **new)
    if not changes:
        return locked, False
    for name in changes:
        setattr(locked, name, new[name])
    _save(locked, update_fields=list(changes))
    audit.record(actor, act, locked, changes)
    return locked, True


def _save(thing: Model, **how: Any) -> None:
    """The database is the judge of what is taken, for it sees rivals; all else is refused here, in words."""
    thing.full_clean(exclude={"uuid"})
    try:
        with transaction.atomic():
            thing.save(**how)
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation):
            raise TakenMeanwhile from error
        raise


def _facts(thing: Model) -> dict[str, tuple[Any, Any]]:
    """What a new thing was given, without what the database fills in and what is sealed."""
    told = {
        field.name: getattr(thing, field.name)
        for field in thing._meta.concrete_fields
        if field.editable and not field.primary_key
    }
    return {
        name: (None, value.name if hasattr(value, "storage") else value)
        for name, value in told.items()
        if value not in (None, "") and not isinstance(value, DatabaseDefault)
    }
