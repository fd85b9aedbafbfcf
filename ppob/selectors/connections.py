from django.db.models import QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.models import Biller, Connection


def connections_visible_to(viewer: Employee) -> QuerySet[Connection]:
    lines = Connection.objects.select_related("biller")
    return lines if reaches(viewer, "ppob.view_connection") else lines.none()


def billers() -> QuerySet[Biller]:
    return Biller.objects.order_by("code")
