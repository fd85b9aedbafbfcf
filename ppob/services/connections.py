from collections.abc import Mapping
from typing import Any

from django.db import transaction

from organization.models import Employee
from ppob.choices import ConnectionStatus
from ppob.exceptions import AlreadyClosed
from ppob.models import Connection
from ppob.services import master


@transaction.atomic
def add_connection(*, connection: Connection, actor: Employee | None) -> Connection:
    """Keep a line to a biller that is filled in and not saved yet. Raises ValidationError by field, TakenMeanwhile."""
    return master.add(connection, actor=actor)


@transaction.atomic
def change_connection(*, connection: Connection, new: Mapping[str, Any], actor: Employee | None) -> bool:
    """Give the connection the values of these fields; False where all of them stood there already.

    The code stays, for messages name the line by it. Raises ValidationError by field.
    """
    assert "code" not in new, "another code is another connection"
    return master.change(connection, new, actor=actor)[1]


@transaction.atomic
def switch_off_connection(*, connection: Connection, actor: Employee | None) -> Connection:
    """Use the line no more; what was said on it stays. Raises AlreadyClosed."""
    new = {"is_active": False, "status": ConnectionStatus.OFF}
    switched_off, has_changed = master.change(connection, new, actor=actor, act="connection.switched_off")
    if not has_changed:
        raise AlreadyClosed
    return switched_off
