"""The OpenAPI document against the API itself, over HTTP: generated requests, no 500, and no answer that it leaves out.

`make test` tries 15 requests an operation; GERAI_API_EXAMPLES=500 more for the long run.
"""

import os
from datetime import timedelta

import pytest
import schemathesis
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from schemathesis.specs.openapi.checks import positive_data_acceptance

from monitoring.tests.factories import MachineFactory
from organization.choices import Role
from organization.services.tokens import make_api_token
from organization.tests.factories import EmployeeFactory, StoreFactory

# A cursor is text to the document, but only those that we sealed open.
SEALED = [positive_data_acceptance]
EXAMPLES = int(os.environ.get("GERAI_API_EXAMPLES", "15"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def headers() -> dict[str, str]:
    """Of a program that may read everything, and something for it to read."""
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    StoreFactory.create_batch(3)
    MachineFactory.create_batch(2)
    _token, text = make_api_token(employee=person, name="schema", valid_for=timedelta(days=1), actor=None)
    return {"Authorization": f"Bearer {text}"}


def test_every_operation_answers_as_the_document_says(headers, live_server):
    document = Client(headers=headers).get(reverse("api-schema"), {"format": "json"}).json()
    operations = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    assert len(operations) == 8

    for operation in operations:

        @seeded(20261122)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers_as_documented(case):
            case.call_and_validate(base_url=live_server.url, headers=headers, excluded_checks=SEALED)

        answers_as_documented()
