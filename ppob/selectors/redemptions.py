from django.db.models import QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.models import Redemption, Reward


def redemptions_visible_to(viewer: Employee) -> QuerySet[Redemption]:
    rows = Redemption.objects.select_related("agent", "reward", "asked_by", "decided_by")
    return rows if reaches(viewer, "ppob.view_redemption") else rows.none()


def rewards_on_offer() -> QuerySet[Reward]:
    return Reward.objects.filter(is_active=True).order_by("points", "name")
