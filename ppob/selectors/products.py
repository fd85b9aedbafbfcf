from datetime import date

from django.db.models import Q, QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.models import AgentPrice, BillerProduct, Product


def products_visible_to(viewer: Employee) -> QuerySet[Product]:
    return Product.objects.all() if reaches(viewer, "ppob.view_product") else Product.objects.none()


def routes_of(product: Product) -> QuerySet[BillerProduct]:
    """At which billers it is bought, in the order in which they are tried."""
    return product.routes.select_related("biller").order_by("route")


def prices_of(product: Product, day: date) -> QuerySet[AgentPrice]:
    """What it costs agents: of each level and each agent the price in force on the day, and those to come."""
    begun = product.prices.filter(from_on__lte=day).order_by("level", "agent_id", "-from_on")
    in_force = begun.distinct("level", "agent_id").values("pk")
    shown = product.prices.filter(Q(from_on__gt=day) | Q(pk__in=in_force)).select_related("agent")
    return shown.order_by("level", "agent__agent_id", "from_on")
