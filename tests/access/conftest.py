import logging
from collections.abc import Iterator

import pytest

from organization.tests.fakes import FAST_HASHER
from portal import health
from tests.access.world import World


@pytest.fixture(autouse=True)
def _cheap_pins(settings):
    """A PIN's hash costs 45 ms on purpose."""
    settings.PASSWORD_HASHERS = FAST_HASHER


@pytest.fixture(autouse=True)
def _thousands_of_refusals_are_not_logged() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db, monkeypatch) -> World:
    """In a portal that has never been ready, whatever tests came before."""
    monkeypatch.setattr(health, "_has_been_ready", False)
    return World()
