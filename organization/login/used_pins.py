"""The PINs that somebody had before: whoever learnt an old one shall not get in with it again."""

from django.contrib.auth.hashers import check_password, is_password_usable
from django.db.models import QuerySet

from organization.models import Employee, UsedPin

KEPT = 5


def was_used(person: Employee, pin: str) -> bool:
    """Whether it is one of the last five before the one that holds. Costs a hash each."""
    return any(check_password(pin, encoded) for encoded in _latest(person).values_list("encoded", flat=True))


def keep_current(person: Employee) -> None:
    """Call it before another PIN is set, with the person's row locked. A one-time PIN was nobody's choice."""
    if person.must_change_pin or not is_password_usable(person.password):
        return
    UsedPin.objects.create(employee=person, encoded=person.password)
    UsedPin.objects.filter(employee=person).exclude(pk__in=_latest(person).values("pk")).delete()


def _latest(person: Employee) -> QuerySet[UsedPin]:
    return UsedPin.objects.filter(employee=person).order_by("-pk")[:KEPT]
