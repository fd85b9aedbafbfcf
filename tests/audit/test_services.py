"""No sensitive service does anything without its audit entry: whatever an app exports as a service has a case, or says why
it need not, so that a new one without an entry fails.
"""

import importlib.util
import inspect

import pytest
from django.apps import apps
from django.conf import settings

from core import audit
from core.models import AuditEntry
from organization.login.exceptions import WrongPin
from tests.audit.cases import NOT_SENSITIVE, ROWS, SERVICES

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
EVERY_CASE = [
    pytest.param(case, id=f"{name}-{case.__name__}") for name, cases in SERVICES.items() for case in cases
]


def services_there_are():
    """What each app's `services` exports, and what else writes at the door."""
    found = set()
    names = [
        f"{config.name}.services"
        for config in apps.get_app_configs()
        if config.module.__file__.startswith(str(settings.BASE_DIR))
    ]
    for name in [*names, "organization.login.services", "organization.login.first_admin"]:
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        exported = getattr(module, "__all__", None) or [
            key for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
        ]  # fmt: skip
        found |= {f"{name}.{key}" for key in exported if inspect.isfunction(getattr(module, key))}
    # A look-up that writes nothing, beside the two that do.
    return found - {"organization.login.first_admin.person_of_link"}


def test_every_service_is_audited_or_says_why_it_need_not_be():
    assert services_there_are() == SERVICES.keys() | NOT_SENSITIVE.keys()


@pytest.mark.parametrize("prepare", EVERY_CASE)
def test_a_sensitive_service_leaves_its_entry(prepare):
    act = prepare()
    before = AuditEntry.objects.count()
    run(act)
    assert AuditEntry.objects.count() > before


@pytest.mark.parametrize("prepare", EVERY_CASE)
def test_without_its_entry_nothing_is_done(prepare, broken_trail):
    act = prepare()
    before = rows()
    with broken_trail(), pytest.raises(audit.NotRecorded, match="the trail is broken"):
        run(act)
    assert rows() == before


def run(act):
    try:
        act()
    except WrongPin:
        pass  # what a wrong PIN is answered with


def rows():
    return {model.__name__: sorted(model.objects.values_list(), key=str) for model in ROWS}
