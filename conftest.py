"""For every test of the repository. The servers are started earlier, by `-p tests.plugins.servers` in pyproject.toml."""

# Here, for its `django_db_setup` must come after pytest-django's own to replace it.
pytest_plugins = ["tests.plugins.database"]
