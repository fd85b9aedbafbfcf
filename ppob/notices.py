"""What people are told about the back office."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.templatetags.gerai import rupiah
from notifications.kinds import Group, Kind, Mail
from notifications.services import notify
from organization.choices import Role
from organization.models import Employee
from organization.selectors import holders_of
from ppob.choices import AlarmKind
from ppob.models import BalanceAlarm

LOW, DIFFERENCE = "ppob.low_balance", "ppob.difference"
GROUP = Group(
    name="ppob",
    label=_("PPOB balances"),
    note=_("When a deposit runs low, or a biller's figure differs from our book."),
    permission="ppob.view_biller",
)
KINDS = (
    Kind(
        name=LOW,
        label=_("Biller balance is low"),
        group=GROUP.name,
        icon="wallet",
        tone="danger",
        mail=Mail.ALWAYS,
    ),
    Kind(
        name=DIFFERENCE,
        label=_("Biller balance differs"),
        group=GROUP.name,
        icon="scale",
        tone="warning",
    ),
)
_TOLD = {
    AlarmKind.LOW: (LOW, gettext_noop("The balance at %(biller)s is low: %(amount)s.")),
    AlarmKind.DIFFERENCE: (
        DIFFERENCE,
        gettext_noop("The figure of %(biller)s differs from our book by %(amount)s."),
    ),
}


def tell_of_alarm(alarm: BalanceAlarm) -> int:
    """Within the transaction that raises it: tell administrators and accountants of the payment point; how many."""
    kind, title = _TOLD[AlarmKind(alarm.kind)]
    people = Employee.objects.none()
    for role in (Role.PPOB_ADMINISTRATOR, Role.ACCOUNTANT):
        people |= holders_of(role)
    return notify(
        list(people.values_list("pk", flat=True)),
        kind=kind,
        title=title,
        params={"biller": alarm.biller.name, "amount": rupiah(alarm.amount)},
        url=reverse("ppob:biller-balance", args=[alarm.biller_id]),
        key=f"balance-alarm-{alarm.pk}",
    )
