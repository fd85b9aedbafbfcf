"""For every test of the repository. The servers are started earlier, by `-p tests.plugins.servers` in pyproject.toml."""

import pytest
from pytest_django import Settings

# Here, for its `django_db_setup` must come after pytest-django's own to replace it.
pytest_plugins = ["tests.plugins.database"]


@pytest.fixture(autouse=True)
def _nobody_has_a_pin(settings: Settings) -> None:
    """Tests come in without a PIN, as the demo does; what asks for it once more has tests of its own."""
    settings.FRESH_FACTOR_SECONDS = 0
