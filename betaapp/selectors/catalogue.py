"""Reads of applications and their versions."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from betaapp.models import Application, StablePeriod, Version
from organization.models import Employee
from organization.scopes import scope_of


def applications_visible_to(viewer: Employee) -> QuerySet[Application]:
    """The catalogue is one for the whole chain: whoever may read it reads all of it."""
    if not scope_of(viewer, "betaapp.view_application"):
        return Application.objects.none()
    return Application.objects.select_related("division")


def applications_offered(viewer: Employee, text: str = "") -> QuerySet[Application]:
    """Those in use, with the number of the version that is stable now, by code; of those that carry `text`."""
    now = StablePeriod.objects.filter(application=OuterRef("pk"), during__contains=timezone.now())
    found = applications_visible_to(viewer).filter(is_active=True)
    for word in text.split()[:5]:
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word))
    return found.annotate(stable_number=Subquery(now.values("version__number")[:1])).order_by("code")


def stable_version_of(application: Application, at: datetime | None = None) -> Version | None:
    """The stable version at a moment (now), or none: an application may have none yet."""
    at = at or timezone.now()
    return Version.objects.filter(
        stable_periods__application=application, stable_periods__during__contains=at
    ).first()


def versions_of(application: Application) -> QuerySet[Version]:
    """The newest first."""
    return application.versions.order_by(F("released_on").desc(), "-pk")


def versions_offered() -> QuerySet[Version]:
    """Versions of the applications in use, by application, the newest first."""
    used = Version.objects.filter(application__is_active=True).select_related("application")
    return used.order_by("application__name", F("released_on").desc(), "-pk")


def with_stable_mark(versions: QuerySet[Version]) -> QuerySet[Version]:
    """Each with `is_stable_now`."""
    now = StablePeriod.objects.filter(version=OuterRef("pk"), during__contains=timezone.now())
    return versions.annotate(is_stable_now=Exists(now))
