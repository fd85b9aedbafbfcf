from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import AccountKind, LimitKind
from ppob.models import Account, Agent, Blacklist, Corporate, Limit, LimitUsage, Transaction

LATEST = 10
# How far back a page looks for an agent's latest sales: it is about now, and each month is a partition.
LOOKS_BACK = timedelta(days=62)
OF_AN_AGENT = (AccountKind.AGENT, AccountKind.AGENT_RECEIVABLE, AccountKind.AGENT_POINTS)


def agents_visible_to(viewer: Employee) -> QuerySet[Agent]:
    agents = Agent.objects.select_related("corporate")
    return agents if reaches(viewer, "ppob.view_agent") else agents.none()


def corporates() -> QuerySet[Corporate]:
    return Corporate.objects.order_by("code")


def accounts_of(agent: Agent) -> dict[str, Account]:
    """The agent's accounts by kind; one that was never opened is an empty one."""
    opened = {account.kind: account for account in agent.accounts.filter(kind__in=OF_AN_AGENT)}
    return {kind.value: opened.get(kind, Account(kind=kind)) for kind in OF_AN_AGENT}


def latest_sales_of(agent: Agent) -> list[Transaction]:
    """The newest first."""
    sales = Transaction.objects.filter(agent=agent, occurred_at__gte=timezone.now() - LOOKS_BACK)
    return list(sales.select_related("product", "biller").order_by("-occurred_at", "-id")[:LATEST])


def limits_of(agent: Agent, account: Account, day: date) -> list[dict[str, Any]]:
    """For each kind of limit: at most, used so far, and whether it is the agent's own or that of its level.

    Days are the ledger's. What has no limit is left out.
    """
    rules = list(Limit.objects.filter(agent=agent)) + list(Limit.objects.filter(level=agent.level))
    by_kind: dict[str, Limit] = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, rule)  # the agent's own come first
    used = _used(account, day) if account.pk else {}
    return [
        {
            "label": kind.label,
            "cap": by_kind[kind].cap,
            "used": used.get(kind, 0) if kind != LimitKind.ITEM else None,
            "percent": min(100, 100 * used.get(kind, 0) // by_kind[kind].cap),
            "is_own": by_kind[kind].agent_id is not None,
        }
        for kind in LimitKind
        if kind in by_kind
    ]


def _used(account: Account, day: date) -> dict[str, int]:
    """What is used of the day's and of the month's limit; a month goes by its first day."""
    usages = LimitUsage.objects.filter(account=account, period__in=(day, day.replace(day=1)))
    return {
        usage.kind: usage.used
        for usage in usages
        if usage.period == (day if usage.kind == LimitKind.DAY else day.replace(day=1))
    }


def is_blacklisted(number: str) -> bool:
    return Blacklist.objects.filter(value=number, is_active=True).exists()
