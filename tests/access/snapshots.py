"""What stands in the database, and a request that would like it otherwise."""

import datetime
import json
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Model

from organization.models import LoginCounter

OURS = ("core", "organization", "monitoring", "notifications", "betaapp", "ppob")
# Written by being asked at all, and by nobody's wish.
PASSING = {"core.auditentry", "core.auditseal", "organization.logincounter", "organization.knowndevice"}
Snapshot = dict[tuple[str, Any], dict[str, Any]]


def watched_models() -> list[type[Model]]:
    assert LoginCounter._meta.label_lower in PASSING
    found = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return [
        model
        for model in found
        if model._meta.label_lower not in PASSING
        and hasattr(model._meta.pk, "attname")
        and model._meta.managed
    ]


def snapshot() -> Snapshot:
    """Every column of every row of the portal's models."""
    return {
        (model._meta.label_lower, row["pk"]): {
            name: json.dumps(value, default=str) for name, value in row.items()
        }
        for model in watched_models()
        for row in model._default_manager.values("pk", *_columns(model))
    }


def rows_written() -> int:
    """How many rows this transaction has written so far, as PostgreSQL counts them; it counts what is undone as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0] or 0)


def changes(before: Snapshot, after: Snapshot) -> set[str]:
    """`app.model.field` that changed, `app.model +` of a new row, `app.model -` of one that is gone."""
    told = {f"{label} +" for label, key in after.keys() - before.keys()}
    told |= {f"{label} -" for label, key in before.keys() - after.keys()}
    for (label, key), row in before.items():
        later = after.get((label, key))
        if later is not None:
            told |= {f"{label}.{name}" for name, value in row.items() if later[name] != value}
    return told


def every_field() -> dict[str, str]:
    """A wish for each field of each model by its name, its column's name too."""
    wishes: dict[str, str] = {
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "on",
        "role": "administrator",
    }
    for model in watched_models():
        for field in model._meta.concrete_fields:
            wishes.setdefault(field.name, wish(field))
            wishes.setdefault(field.attname, wish(field))
        for relation in model._meta.many_to_many:
            wishes.setdefault(relation.name, "1")
    return wishes


def wish(field: models.Field) -> str:
    """A value that the field would take, and that no row of the tests has."""
    if field.choices:
        return str(list(field.choices)[-1][0])
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.UUIDField):
        return "11111111-2222-4333-8444-555555555555"
    if isinstance(field, models.DateTimeField):
        return "2001-02-03 04:05:06"
    if isinstance(field, models.DateField):
        return datetime.date(2001, 2, 3).isoformat()
    if isinstance(field, models.JSONField):
        return '{"odd": 1}'
    if isinstance(field, models.CharField | models.TextField):
        return "77777777"
    return "77"


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
