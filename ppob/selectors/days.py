from django.db.models import QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.models import LedgerDay


def ledger_days_visible_to(viewer: Employee) -> QuerySet[LedgerDay]:
    days = LedgerDay.objects.all()
    return days if reaches(viewer, "ppob.view_ledgerday") else days.none()
