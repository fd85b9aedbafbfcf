"""Generated requests to the whole API, as programs of every role that reads it and of one that may not.

CI: its own slice stands in tests/api, and two requests an operation of two roles here; full: 200 of eight.
"""

import pytest

from organization.choices import Role
from tests.api.test_schema import headers_of, try_out
from tests.proof.conftest import IS_FULL

pytestmark = pytest.mark.django_db(transaction=True)
ROLES = (
    Role.ADMINISTRATOR, Role.MANAGER, Role.COORDINATOR, Role.STORE_SUPPORT, Role.SUPERVISOR, Role.MACHINE_PIC,
    Role.AUDITOR, Role.REPORTER,
)  # fmt: skip
EXAMPLES = 200 if IS_FULL else 2


@pytest.mark.parametrize("role", ROLES if IS_FULL else (Role.MACHINE_PIC, Role.REPORTER))
def test_the_api_answers_as_its_document_says(live_server, report, seed, settings, role):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}

    operations = try_out(headers_of(role), live_server, examples=EXAMPLES, seed=seed)

    report |= {"role": role, "operations": operations, "requests_at_most": operations * EXAMPLES}
    assert operations == 18
