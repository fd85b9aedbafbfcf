"""The OpenAPI document against the API itself, over HTTP: generated requests, no 500, and no answer that it leaves out.

`make test` tries 15 requests an operation as the administrator's program, `make proof` 200 as each role's (tests/proof).
"""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.specs.openapi.checks import positive_data_acceptance

from betaapp.services import make_store_token
from monitoring.tests.factories import MachineFactory
from organization.choices import Role
from organization.services.tokens import make_api_token
from organization.tests.factories import EmployeeFactory, StoreFactory
from ppob.services.api_clients import make_api_client
from ppob.signing import authorization

# A cursor is text to the document, but only those that we sealed open.
SEALED = [positive_data_acceptance]
EXAMPLES, SEED = 15, 20261122

pytestmark = pytest.mark.django_db(transaction=True)


def headers_of(role: Role) -> dict[str, str]:
    """A key of a program that may read what that role may."""
    person = EmployeeFactory(roles=[role])
    _token, text = make_api_token(employee=person, name="schema", valid_for=timedelta(days=1), actor=None)
    return {"Authorization": f"Bearer {text}"}


class Signature(AuthBase):
    """Signs whatever is sent, as the core server does."""

    def __init__(self) -> None:
        self.client, self.secret = make_api_client(name="schema", actor=None)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        assert isinstance(body, str | bytes)
        request.headers["Authorization"] = authorization(
            key_id=self.client.key_id, secret=self.secret, method=request.method or "", path=request.path_url,
            body=body.encode() if isinstance(body, str) else body,
        )  # fmt: skip
        return request


def test_every_operation_answers_as_the_document_says(live_server):
    assert try_out(headers_of(Role.ADMINISTRATOR), live_server, examples=EXAMPLES, seed=SEED) == 18


def try_out(headers: dict[str, str], live_server: Any, *, examples: int, seed: int) -> int:
    """Generated requests to every operation, each answer held against the document; how many operations."""
    StoreFactory.create_batch(3)
    MachineFactory.create_batch(2)
    document = Client(headers=headers).get(reverse("api-schema"), {"format": "json"}).json()
    found: list[Any] = list(schemathesis.openapi.from_dict(document).get_all_operations())
    operations = [each.ok() for each in found]

    signature = Signature()
    _token, key = make_store_token(store=StoreFactory(), actor=None)
    for operation in operations:

        @seeded(seed)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers_as_documented(case):
            # A program that signs its calls is no person's.
            path = case.operation.path
            how: dict[str, Any] = (
                {"auth": signature} if path.startswith("/api/v1/ppob/") else {"headers": headers}
            )
            if path.startswith("/api/v1/beta/"):
                how = {"headers": {"Authorization": f"Bearer {key}"}}
            case.call_and_validate(base_url=live_server.url, excluded_checks=SEALED, **how)

        answers_as_documented()
    return len(operations)
