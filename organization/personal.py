"""What the portal knows of a person, as data for them; and its end, when somebody who left is erased."""

from typing import Any

from django.db import transaction

from organization.models import Employee

# Sixteen digits that begin with 9 are nobody's number.
NOBODY = 9_000_000_000_000_000
ERASED_NAME = "–"


def account_of(person: Employee) -> dict[str, Any]:
    """The account itself, without hashes: those are nobody's to read."""
    return {
        "nik": person.nik,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "picture": bool(person.picture),
        "job_title": person.job_title,
        "place_of_work": str(person.place),
        "division": str(person.division or ""),
        "department": str(person.department or ""),
        "status": person.status,
        "language": person.language,
        "joined_at": person.joined_at.isoformat(),
        "last_login": person.last_login.isoformat() if person.last_login else None,
        "roles": [
            _grant(grant) for grant in person.role_grants.select_related("group", "branch", "division")
        ],
        "devices": list(person.known_devices.values("label", "first_seen_at", "last_seen_at")),
        "api_tokens": list(person.api_tokens.values("name", "created_at", "expires_at", "revoked_at")),
    }


def erase_account(person: Employee) -> int:
    """The row stays, for what the person did names it: with a number and a name that are nobody's."""
    picture = person.picture.name
    person.nik, person.name = str(NOBODY + person.pk), ERASED_NAME
    person.email = person.phone = person.job_title = person.picture = ""
    person.last_login = None
    person.set_unusable_password()
    person.save()
    person.known_devices.all().delete()
    person.used_pins.all().delete()
    person.login_counters.all().delete()
    if picture:
        storage = Employee._meta.get_field("picture").storage
        transaction.on_commit(lambda: storage.delete(picture))
    return 1


def _grant(grant: Any) -> dict[str, Any]:
    return {
        "role": grant.group.name,
        "scope": grant.scope,
        "place": str(grant.branch or grant.division or ""),
        "from": grant.days.lower.isoformat(),
        "until": grant.days.upper.isoformat() if grant.days.upper else None,
    }
