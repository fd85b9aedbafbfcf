"""An agent's KTP in full, for whoever has the right and a reason: each look leaves its entry."""

import base64
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from core import audit
from core.sealed import open_sealed
from organization.models import Employee
from ppob.models import Agent

PICTURES = ("ktp_picture", "self_picture", "profile_picture")


@dataclass(frozen=True)
class Ktp:
    """What is shown once, to whoever asked: the number, and pictures as (label, base64 of a JPEG)."""

    number: str
    pictures: list[tuple[Any, str]] = field(default_factory=list)


@transaction.atomic
def show_ktp(*, agent: Agent, actor: Employee) -> Ktp:
    """Number and pictures in full, against an entry in the trail. Raises NotOpened."""
    audit.record(actor, "agent.ktp_shown", agent)
    number = open_sealed(agent.ktp_sealed) if agent.ktp_sealed else ""
    kept = [(name, getattr(agent, name)) for name in PICTURES]
    return Ktp(number, [(_label(name), _base64(file)) for name, file in kept if file and _exists(file)])


def _label(name: str) -> Any:
    return Agent._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a field of its own


def _exists(file: Any) -> bool:
    return bool(file.storage.exists(file.name))


def _base64(file: Any) -> str:
    with file.open("rb") as content:
        return base64.b64encode(content.read()).decode()
