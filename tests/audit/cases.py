"""The cases of all apps as one: an app that writes entries has its module here."""

from typing import Any

from tests.audit import (
    betaapp,
    core,
    monitoring,
    notifications,
    organization,
    ppob,
    ppob_money,
    reconciliation,
)
from tests.audit.acts import Case

APPS = (core, organization, notifications, betaapp, monitoring, ppob, ppob_money, reconciliation)


def _together(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for app in APPS:
        more = getattr(app, name, {})
        assert not found.keys() & more.keys(), (app, name)
        found |= more
    return found


SERVICES = _together("SERVICES")
NOT_SENSITIVE = _together("NOT_SENSITIVE")
WRITERS = _together("WRITERS")
DOORS: dict[str, Case] = {case.__name__: case for app in APPS for case in getattr(app, "DOORS", ())}
ROWS = [model for app in APPS for model in getattr(app, "ROWS", ())]
