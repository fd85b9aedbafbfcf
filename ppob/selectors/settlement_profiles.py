from django.db.models import QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.models import Biller


def billers_with_profiles(viewer: Employee) -> QuerySet[Biller]:
    """Every biller in use, with its settlement profile where it has one."""
    billers = Biller.objects.filter(is_active=True).select_related("settlement_profile")
    return billers if reaches(viewer, "ppob.view_settlementprofile") else billers.none()
