"""What the quick search finds in the Beta-App."""

from django.urls import reverse

from betaapp.selectors.programs import programs_offered
from core.registry import HITS_SHOWN, Hit
from organization.models import Employee


def find_programs(viewer: Employee, text: str) -> list[Hit]:
    return [
        Hit(
            label=program.name,
            url=reverse("betaapp:program-detail", args=[program.pk]),
            note=str(program.get_state_display()),
        )
        for program in programs_offered(viewer, text)[:HITS_SHOWN]
    ]
