from typing import Any

from django import template

from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.login import cards

register = template.Library()


@register.simple_tag(takes_context=True)
def roles_to_play(context: Any) -> list[dict[str, Any]]:
    """The demo's roles for "Change role": no query, so that every page of the demo can carry it."""
    request = context.get("request")
    if request is None or not cards.are_on(request):
        return []
    return [{"role": role, "icon": cards.FACES[role][0]} for role in cards.FACES if role in ROLE_CARDS]


@register.filter
def role_played(person: Any) -> Role | None:
    """Which of the cast the person is."""
    return cards.role_of(person) if person.is_authenticated else None
