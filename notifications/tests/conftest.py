import pytest

from notifications import kinds
from notifications.kinds import Group, Kind, Mail, declare

NEWS = Group(name="test", label="Test things", mails_by_default=True)
QUIET = Group(name="test_quiet", label="Quiet things", mails_by_default=False)


@pytest.fixture(autouse=True)
def _test_kinds(monkeypatch):
    """Kinds of the tests' own, so that what the apps declare may change."""
    monkeypatch.setattr(kinds, "_groups", dict(kinds._groups))
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    declare(
        NEWS,
        Kind(name="test.news", label="News", group="test", icon="bell"),
        Kind(name="test.red", label="Red", group="test", icon="bell", tone="danger", mail=Mail.ALWAYS),
        Kind(name="test.silent", label="Silent", group="test", icon="bell", mail=Mail.NEVER),
    )
    declare(QUIET, Kind(name="test.quiet", label="Quiet", group="test_quiet", icon="bell"))
