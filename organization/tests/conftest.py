import pytest

from organization.tests.fakes import FAST_HASHER, CountingHasher


@pytest.fixture(autouse=True)
def _cheap_pins(settings):
    """A PIN's hash costs 45 ms on purpose; tests take the same algorithm at its cheapest, and count."""
    settings.PASSWORD_HASHERS = FAST_HASHER
    CountingHasher.hashes = 0
