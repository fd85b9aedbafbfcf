"""Nothing that leaves an entry in the trail happens without it, whichever door it comes through.

`test_services.py` does so for what the apps export as services. Here every place in the code that writes an entry is
found, and each has a case: a new one without a case fails.
"""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import audit
from core.imports import services as imports
from core.models import AuditEntry
from core.tests.jobs import make_kind
from organization.choices import Role
from organization.imports import DivisionImport
from organization.tests.fakes import FAST_HASHER
from tests.access.forms import as_sent
from tests.access.snapshots import snapshot
from tests.access.world import OBJECTS, World
from tests.audit.acts import FORMS, boss, client_of
from tests.audit.cases import DOORS, SERVICES, WRITERS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = FAST_HASHER
    settings.DEMO, settings.PRODUCTION = True, False  # so that there is a role card to click
    settings.FRESH_FACTOR_SECONDS = 300
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)
    make_kind(lambda ctx: None, "test.audited")


def writers_there_are() -> set[str]:
    """Every function of the portal's own code that calls `record` or `record_many` of the trail."""
    found: set[str] = set()
    for app in ("core", "organization", "notifications", "monitoring", "stores", "betaapp", "helpdesk", "ppob", "chat",
                "portal"):  # fmt: skip
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "tests" in path.parts:
                continue
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            tree = ast.parse(path.read_text())
            found |= {f"{module}.{name}" for name in _callers(tree, names_of_record(tree))}
    return found


def names_of_record(tree: ast.Module) -> set[str]:
    """What the module calls the trail's writers: `audit.record`, or `record` where it was imported from the trail."""
    names = {"audit.record"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("core.audit"):
            names |= {
                item.asname or item.name for item in node.names if item.name in ("record", "record_many")
            }
    return names


def _callers(node: ast.AST, called: set[str], inside: str = "") -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _callers(child, called, f"{inside}.{child.name}" if inside else child.name)
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) in called:
            yield inside
        yield from _callers(child, called, inside)


def test_every_place_that_writes_an_entry_has_a_case():
    assert writers_there_are() == WRITERS.keys()
    named = {case for cases in WRITERS.values() for case in cases}
    by_its_cases_here = {"organization.login.services.check_pin"}
    assert named == DOORS.keys() | SERVICES.keys() - by_its_cases_here | {FORMS}


def everything() -> tuple[Any, ...]:
    return snapshot(), Session.objects.count(), AuditEntry.objects.count()


@pytest.mark.parametrize("prepare", DOORS.values(), ids=DOORS.keys())
def test_what_cannot_be_recorded_is_not_done(prepare, broken_trail):
    act = prepare()
    before = everything()

    with broken_trail():
        try:
            answer = act()
        except audit.NotRecorded:
            answer = None

    assert answer is None or answer.status_code == 500
    # A job that was run and a table that was refused say so in their own row, which their case has looked at.
    left = {"export_a_list_as_a_job", "save_a_table"}
    assert everything() == before or (prepare.__name__ in left and _without_runs(before) == _without_runs())


def _without_runs(told: tuple[Any, ...] | None = None) -> Any:
    rows, sessions, entries = told or everything()
    own = ("core.job", "core.outboxmessage", "core.importrun", "notifications.notification")
    return {key: row for key, row in rows.items() if key[0] not in own}, sessions, entries


def test_no_form_of_the_admin_saves_without_its_entry(broken_trail):
    """Every model that somebody may change in the admin, by whoever may, each with one field changed."""
    world, tried, missed = World(), set(), []
    for model in admin.site._registry:
        label = model._meta.label_lower
        thing = OBJECTS[label](world.own, world.people[Role.ADMINISTRATOR]) if label in OBJECTS else None
        for who in (
            Role.ADMINISTRATOR,
            Role.MONITORING_ADMIN,
            Role.PPOB_ADMINISTRATOR,
            Role.BETA_MANAGER,
        ):
            url = thing and reverse(f"admin:{label.replace('.', '_')}_change", args=[thing.pk])
            page = world.clients[who].get(url) if url else None
            if page is None or page.status_code != 200 or not page.context.get("has_change_permission"):
                continue
            form = page.context["adminform"].form
            fields = as_sent(form, page.context["inline_admin_formsets"])
            name = next((one for one in ("name", "note") if one in form.fields), None)
            if name is None:
                continue
            before = everything()
            with broken_trail():
                answer = world.clients[who].post(url, fields | {name: "Diubah"})
            tried.add(label)
            if answer.status_code != 500 or everything() != before:
                missed.append((who, label, answer.status_code))

    assert not missed
    assert tried == {
        "organization.branch", "organization.store", "organization.division", "organization.department",
        "organization.employee", "monitoring.machine", "betaapp.application", "ppob.agent", "ppob.corporate", "ppob.apprelease", "ppob.biller",
        "ppob.accountcode", "ppob.taxrate", "ppob.product", "ppob.reward", "ppob.achievement", "ppob.merchant", "ppob.setting", "ppob.apiclient",
    }  # fmt: skip


def test_a_new_division_is_not_made_without_its_entry(broken_trail):
    client = client_of(boss())
    before = everything()

    with broken_trail():
        answer = client.post(reverse("admin:organization_division_add"), {"code": "D9", "name": "Sembilan"})

    assert answer.status_code == 500
    assert everything() == before


def test_the_file_field_of_an_import_takes_a_table():
    """So that the case above fails for want of the trail, and for nothing else."""
    run = imports.begin_import(
        kind=DivisionImport, file=SimpleUploadedFile("a.csv", b"code;name\nD1;Satu\n"), actor=boss()
    )
    assert (
        imports.confirm_import(run=run, digest=run.preview_digest, actor=run.uploaded_by).counts["added"] == 1
    )
