from typing import Any

from django.db import transaction

from core import audit
from core.registry import registry
from organization.choices import EmployeeStatus
from organization.exceptions import NotResigned
from organization.models import Employee
from organization.services.administrators import check_actor


@transaction.atomic
def personal_data_of(employee: Employee, *, actor: Employee | None) -> dict[str, Any]:
    """All that the apps know of somebody, by app: plain data, for the person who asks for it. The trail says who has it."""
    audit.record(actor, "audit.personal_shown", employee)
    return {part.key: part.collect(employee) for part in registry.personal}


@transaction.atomic
def erase_person(*, employee: Employee, reason: str, actor: Employee | None) -> dict[str, int]:
    """Take away who somebody was, of a person who left; what they did stays, done by nobody's name.

    Says how many rows each app changed. The trail's personal values are the tables' owner's to erase, afterwards:
    `core.audit.erasing.erase_personal`. Raises NotResigned, and as `check_actor`.
    """
    check_actor(employee=employee, actor=actor)
    person = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    if person.status != EmployeeStatus.RESIGNED:
        raise NotResigned
    done = {part.key: part.erase(person) for part in registry.personal}
    audit.record(actor, "account.erased", person, reason=reason)
    return done
