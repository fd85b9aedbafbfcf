from dataclasses import dataclass

from django.conf import settings

from organization.models import Employee


@dataclass(frozen=True)
class ShownPerson:
    """Who stands at the door, as much of them as LOGIN_SHOWS_PERSON lets a stranger see."""

    name: str
    place_code: str
    place_name: str


def person_by_nik(nik: str) -> Employee | None:
    """Anybody ever registered, frozen and resigned ones too, with the place of work."""
    return Employee.objects.select_related("store__branch", "branch_office").filter(nik=nik).first()


def person_shown(nik: str) -> ShownPerson | None:
    """What the PIN page shows of the person; nothing when the setting hides people."""
    person = None if settings.LOGIN_SHOWS_PERSON == "hidden" else person_by_nik(nik)
    if person is None:
        return None
    name = person.name if settings.LOGIN_SHOWS_PERSON == "full" else masked(person.name)
    return ShownPerson(name=name, place_code=person.place.code, place_name=person.place.name)


def masked(name: str) -> str:
    """Budi Santoso → B*** S***: enough for oneself, too little for a stranger."""
    return " ".join(f"{word[0]}***" for word in name.split())
