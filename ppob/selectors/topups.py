from typing import Any

from django.db.models import QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import TopUpState
from ppob.models import BankLine, Biller, TopUp

SHOWN = 20


def topups_visible_to(viewer: Employee) -> QuerySet[TopUp]:
    topups = TopUp.objects.select_related("agent", "biller", "bank_line")
    return topups if reaches(viewer, "ppob.view_topup") else topups.none()


def bank_lines_visible_to(viewer: Employee) -> QuerySet[BankLine]:
    """With the top-up that each belongs to, if it does."""
    lines = BankLine.objects.select_related("topup")
    return lines if reaches(viewer, "ppob.view_bankline") else lines.none()


def candidates_for(topup: TopUp) -> list[BankLine]:
    """Free lines of the bank with this amount, those of the same reference first, then the nearest days."""
    amount = topup.amount if topup.agent_id else -topup.amount
    lines = BankLine.objects.filter(amount=amount, topup__isnull=True).order_by("-booked_on", "-id")[:200]
    day = topup.asked_at.date()

    def nearness(line: BankLine) -> Any:
        same = line.reference.strip().upper() == topup.reference.strip().upper()
        return (not same, abs((line.booked_on - day).days), -line.pk)

    return sorted(lines, key=nearness)[:SHOWN]


def matched_topups(viewer: Employee) -> QuerySet[TopUp]:
    """Those that only wait for somebody to post them, oldest first."""
    return topups_visible_to(viewer).filter(state=TopUpState.MATCHED).order_by("asked_at", "pk")


def billers() -> QuerySet[Biller]:
    return Biller.objects.filter(is_active=True).order_by("code")


def topups_of_biller(biller: Biller) -> list[TopUp]:
    return list(biller.topups.select_related("bank_line").order_by("-asked_at", "-pk")[:SHOWN])
