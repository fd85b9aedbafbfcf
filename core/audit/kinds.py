"""The kinds of object that the trail speaks of, and which of their fields are personal."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from core.models.identity import Identified


def kind_of(thing: Model | type[Model]) -> str:
    """organization.store"""
    model = thing._meta.concrete_model
    assert model is not None, "an abstract model has no objects"
    return model._meta.label_lower


@cache
def audited_models() -> dict[str, type[Model]]:
    """Every model with a UUID, by kind."""
    return {kind_of(model): model for model in apps.get_models() if issubclass(model, Identified)}


@cache
def personal_fields(kind: str) -> frozenset[str]:
    """What the app declares in `AppConfig.personal_fields = {"employee": {"phone", ...}}`."""
    app_label, _, model_name = kind.partition(".")
    config = apps.app_configs.get(app_label)
    return frozenset(getattr(config, "personal_fields", {}).get(model_name, ()))


def has_personal_fields(kind: str) -> bool:
    return bool(personal_fields(kind))


def kind_label(kind: str) -> Any:
    """In words; the kind itself for a model that is no more."""
    try:
        return apps.get_model(kind)._meta.verbose_name
    except (LookupError, ValueError):
        return kind
