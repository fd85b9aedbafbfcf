"""What people are told about the ledger: sales that no balance could carry, and a proof that failed."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core import outbox
from core.models import OutboxMessage
from core.templatetags.gerai import rupiah
from notifications.kinds import Group, Kind, Mail
from notifications.services import notify
from organization.choices import Role
from organization.models import Employee
from organization.selectors import holders_of
from ppob.models import PostingException
from ppob.services.nightly import PROOF_BROKEN

EXCEPTIONS = "ppob.exceptions"
# Who was away for longer finds them in the list; older ones are no news.
NEWS = timedelta(days=2)
GROUP = Group(
    name="ppob_ledger",
    label=_("PPOB ledger"),
    note=_("Sales that no balance could carry, and the nightly proof."),
    permission="ppob.change_postingexception",
)
KINDS = (
    Kind(
        name=EXCEPTIONS, label=_("Sales to settle"), group=GROUP.name, icon="alert-triangle", tone="warning"
    ),
    Kind(
        name=PROOF_BROKEN,
        label=_("The ledger's proof failed"),
        group=GROUP.name,
        icon="shield-x",
        tone="danger",
        mail=Mail.ALWAYS,
    ),
)


@transaction.atomic
def ask_to_tell_exceptions() -> int:
    """Have people told of the exceptions that are new since they were last told; once an hour at the most. How many."""
    now = timezone.now()
    last = (
        OutboxMessage.objects.filter(kind=EXCEPTIONS)
        .order_by("-key")
        .values_list("payload", flat=True)
        .first()
    )
    new = PostingException.objects.filter(
        closed_at=None, created_at__gte=now - NEWS, pk__gt=last["through"] if last else 0
    ).aggregate(count=Count("pk"), amount=Sum("amount"), through=Max("pk"))
    if not new["count"] or outbox.enqueue(EXCEPTIONS, key=f"{now:%Y%m%dT%H}", payload=_plain(new)) is None:
        return 0
    return int(new["count"])


def tell_of_exceptions(told: dict[str, Any], *, key: str) -> int:
    """How many people."""
    return _tell(
        EXCEPTIONS,
        gettext_noop("Sales that no balance could carry: %(count)s, %(amount)s. They wait to be settled."),
        {"count": told["count"], "amount": rupiah(told["amount"])},
        page="ppob:exception-list",
        key=key,
    )


def tell_of_broken_proof(violations: int, *, key: str) -> int:
    return _tell(
        PROOF_BROKEN,
        gettext_noop("The ledger's nightly proof found %(count)s violations; its days stay open."),
        {"count": violations},
        page="ppob:ledger-day-list",
        key=key,
    )


def _tell(kind: str, title: str, params: dict[str, Any], *, page: str, key: str) -> int:
    people = Employee.objects.none()
    for role in (Role.PPOB_ADMINISTRATOR, Role.ACCOUNTANT):
        people |= holders_of(role)
    return notify(
        list(people.values_list("pk", flat=True)),
        kind=kind,
        title=title,
        params=params,
        url=reverse(page),
        key=f"{kind}-{key}",
    )


def _plain(new: dict[str, Any]) -> dict[str, int]:
    """Sums come as decimals, which are no JSON."""
    return {name: int(value) for name, value in new.items()}
