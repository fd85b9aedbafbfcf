from typing import Any

import factory
from factory.django import DjangoModelFactory

from notifications.models import Notification
from organization.tests.factories import EmployeeFactory


class NotificationFactory(DjangoModelFactory):
    """An unread one that leads nowhere."""

    class Meta:
        model = Notification

    person: Any = factory.SubFactory(EmployeeFactory)
    kind = "test.news"
    title = "Something happened."
    key = factory.Sequence(lambda n: f"test-{n}")
