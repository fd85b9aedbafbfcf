"""Machines and polls for tests."""

from datetime import UTC, datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from monitoring.choices import MachineKind, Status, TransportKind
from monitoring.models import Machine, MachineState, Sample
from monitoring.transports import Reading

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class MachineFactory(DjangoModelFactory):
    """A simulated web server; `local=True` is this host, of which there is one."""

    class Meta:
        model = Machine
        skip_postgeneration_save = True

    class Params:
        local = factory.Trait(transport=TransportKind.LOCAL, name="this-host", interval_s=5)

    name = factory.Sequence(lambda n: f"WEB-{n:02}")
    kind = MachineKind.WEB
    transport = TransportKind.SIMULATED

    @factory.post_generation
    def divisions(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.divisions.add(*(extracted or ()))

    @factory.post_generation
    def pics(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.pics.add(*(extracted or ()))


class MachineStateFactory(DjangoModelFactory):
    class Meta:
        model = MachineState

    machine = factory.SubFactory(MachineFactory)
    status = Status.SAFE
    since = NOON
    sampled_at = NOON


class SampleFactory(DjangoModelFactory):
    class Meta:
        model = Sample

    machine = factory.SubFactory(MachineFactory)
    at = NOON


def reading(**values: Any) -> Reading:
    """A poll in which nothing is wrong but what is named."""
    usual: dict[str, Any] = {"at": timezone.now(), "cpu": 20.0, "mem_pct": 40.0, "disk_pct": 50.0}
    return Reading(**(usual | values))
