from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.imports.columns import Choice, Identifier, Reference, field_of
from core.imports.columns import Column as Text
from core.imports.kinds import Line, register
from ppob.exceptions import Blacklisted
from ppob.imports.plain import PpobImport
from ppob.models import Agent, Blacklist, Corporate
from ppob.services import equip_agents


def _f(name: str) -> Any:
    return field_of(Agent, name)


@register
class AgentImport(PpobImport):
    """Who the agents are. Status, KTP and money have acts of their own and no column."""

    name, model, key = "ppob.agent", Agent, "agent_id"
    references = {"corporate": Corporate}
    columns = (
        Identifier(
            name="agent_id", label=_("agent id"), model_field=_f("agent_id"), required=True, example="081234567890",
            width=16, help=_("The agent's phone number as text, 8 to 15 digits, so that the zero in front stays."),
        ),
        Text(name="name", label=_("name"), model_field=_f("name"), required=True, example="Kios Berkah", width=28),
        Text(name="email", label=_("e-mail"), model_field=_f("email"), example="berkah@example.co.id", width=28),
        Text(name="address", label=_("address"), model_field=_f("address"), example="Jl. Kemang Raya 5", width=36),
        Text(name="city", label=_("city"), model_field=_f("city"), example="Jakarta Selatan"),
        Choice(name="level", label=_("level"), model_field=_f("level"), example="1", width=8, help=_("1, 2 or 3")),
        Identifier(
            name="reference_id", label=_("reference id"), model_field=_f("reference_id"), example="REF0012", width=16
        ),
        Reference(
            name="corporate", label=_("corporate"), model_field=_f("corporate"), example="", width=14,
            help=_("The corporate's code, for agents who sell on its contract."),
        ),
    )  # fmt: skip

    def objects(self) -> Any:
        return Agent.objects.select_related("corporate")

    def start(self) -> None:
        super().start()
        self.blacklisted = set(Blacklist.objects.filter(is_active=True).values_list("value", flat=True))

    def check_rules(self, line: Line) -> Iterable[tuple[str, str]]:
        if line.obj is None and line.key in self.blacklisted:
            yield "agent_id", str(Blacklisted.default)

    def save(self, lines: list[Line]) -> None:
        """With the accounts of new agents, and the caps of those whose level is another."""
        super().save(lines)
        equip_agents([line.obj for line in lines])

    def new_values(self, line: Line) -> dict[str, Any]:
        """Registered now; somebody activates it."""
        return {**super().new_values(line), "registered_at": timezone.now()}
