"""What the quick search finds of machines."""

from typing import Any

from django.urls import reverse

from core.lists import SearchFilter
from core.registry import HITS_SHOWN, Hit
from monitoring.selectors import machines_visible_to

MACHINE_SEARCH = SearchFilter(fields=("name", "purpose"))


def find_machines(viewer: Any, text: str) -> list[Hit]:
    machines = MACHINE_SEARCH.filter(machines_visible_to(viewer), text).order_by("name")[:HITS_SHOWN]
    return [
        Hit(
            label=machine.name,
            url=reverse("monitoring:machine-detail", args=[machine.pk]),
            note=machine.purpose,
        )
        for machine in machines
    ]
