"""The only door: who is it, is it their PIN, and may they come in. All of it is in PostgreSQL; Redis may be down."""

from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, transaction
from django.utils import timezone

from core import audit
from organization.login import counters, devices, selectors, used_pins
from organization.login.exceptions import (
    AccountDisabled,
    Locked,
    LookUpFailed,
    PinExpired,
    SamePin,
    TooManyLookUps,
    TrivialPin,
    UnknownNik,
    UsedPinAgain,
    WrongPin,
)
from organization.models import Employee
from organization.pins import is_trivial

log = structlog.get_logger(__name__)


def identify(*, nik: str, address: str, device_token: str) -> None:
    """Refuse a NIK that cannot log in, as far as LOGIN_SHOWS_PERSON lets a stranger know.

    Look-ups are counted by address, so that nobody reads the staff list through the door; a person's own device may
    always ask. Raises UnknownNik, AccountDisabled, TooManyLookUps, LookUpFailed.
    """
    try:
        reservation = counters.reserve_of(counters.LOOK_UPS_OF_AN_ADDRESS, address)
        person = selectors.person_by_nik(nik)
        is_own_device = bool(person and devices.known_device(person, device_token))
    except DatabaseError as error:
        log.error("login.look_up_failed", error=str(error))
        raise LookUpFailed from error
    if reservation.locked_until and not is_own_device:
        raise TooManyLookUps(_local(reservation.locked_until, None))
    if settings.LOGIN_SHOWS_PERSON == "hidden":
        return
    if person is None:
        raise UnknownNik
    if not person.is_active:
        raise AccountDisabled


def check_pin(*, nik: str, pin: str, address: str, device_token: str) -> Employee:
    """The person whose NIK and PIN these are.

    The try is reserved and committed before the hash is computed: call this outside any transaction. Raises Locked
    (nothing was hashed), WrongPin, AccountDisabled, PinExpired, LookUpFailed.
    """
    try:
        person = selectors.person_by_nik(nik)
        key, until = _reserve(nik=nik, person=person, address=address, device_token=device_token)
    except DatabaseError as error:
        log.error("login.look_up_failed", error=str(error))
        raise LookUpFailed from error
    if person is None:
        make_password(pin)  # takes as long as a check: an unknown NIK shall not be told by the clock
        raise WrongPin(Locked(_local(until, None)) if until else None)
    if not person.check_password(pin):
        _record_refusal(person, until)
        raise WrongPin(Locked(_local(until, person)) if until else None)
    if not person.is_active:
        with transaction.atomic():
            audit.record(None, "login.disabled_account", person)
        raise AccountDisabled
    if person.pin_expires_at and person.pin_expires_at <= timezone.now():
        with transaction.atomic():
            audit.record(None, "login.pin_expired", person)
        raise PinExpired
    counters.forgive(key)
    counters.give_back(counters.PINS_OF_A_NIK, nik)
    counters.give_back(counters.LOOK_UPS_OF_AN_ADDRESS, address)
    counters.sweep()
    return person


def _reserve(
    *, nik: str, person: Employee | None, address: str, device_token: str
) -> tuple[str, datetime | None]:
    """Reserve one try; returns its counter's key and, if it was the last one, until when the lock holds.

    A known device has a counter of its own and no part in the budget over all addresses, so a stranger who tries the
    NIK locks out strangers only. The address comes before the budget: refused tries must not eat the budget up.
    """
    employee_id = person.pk if person else None
    device = devices.known_device(person, device_token) if person else None
    if device:
        key = counters.counter_key("device", nik, device.pk)
        reservation = counters.reserve_try(key, employee_id=employee_id)
    else:
        key = counters.counter_key("address", nik, address)
        if until := counters.exhausted_until(counters.PINS_OF_A_NIK, nik):
            raise Locked(_local(until, person))
        reservation = counters.reserve_try(key, employee_id=employee_id)
    if not reservation.is_granted and reservation.locked_until:
        raise Locked(_local(reservation.locked_until, person))
    if not device:
        budget = counters.reserve_of(counters.PINS_OF_A_NIK, nik, employee_id=employee_id)
        if budget.locked_until:
            raise Locked(_local(budget.locked_until, person))
    return key, reservation.locked_until


def change_own_pin(*, person: Employee, pin: str) -> None:
    """Set the PIN the person chose; every other session of theirs ends, for its hash speaks of the old PIN.

    Raises TrivialPin, SamePin, UsedPinAgain.
    """
    if is_trivial(pin, person.nik):
        raise TrivialPin
    with transaction.atomic():
        # The row's own hash is asked: two tabs must not both pass against the old one.
        stored = Employee.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if stored.check_password(pin):
            raise SamePin
        if used_pins.was_used(stored, pin):
            raise UsedPinAgain
        used_pins.keep_current(stored)
        stored.set_password(pin)
        stored.must_change_pin, stored.pin_expires_at = False, None
        stored.save(update_fields=["password", "must_change_pin", "pin_expires_at"])
        audit.record(person, "login.pin_changed", person)
    person.password, person.must_change_pin = stored.password, False


def _record_refusal(person: Employee, until: datetime | None) -> None:
    """Nobody is named as the one who typed: whoever it was did not know the PIN."""
    with transaction.atomic():
        audit.record(None, "login.wrong_pin", person)
        if until:
            audit.record(None, "login.locked", person, {"locked_until": (None, until)})


def _local(moment: datetime, person: Employee | None) -> datetime:
    """In the person's zone; when people are hidden, in the house's, for a zone would betray that the NIK exists."""
    if person is None or settings.LOGIN_SHOWS_PERSON == "hidden":
        return moment.astimezone(timezone.get_default_timezone())
    return moment.astimezone(person.time_zone)
