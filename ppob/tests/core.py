"""The core server as tests play it: signs its calls, and can be made to sign them wrongly."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.test import Client

from ppob.models import ApiClient
from ppob.services.api_clients import make_api_client
from ppob.services.sales import Sale
from ppob.signing import authorization

TRANSACTIONS = "/api/v1/ppob/transactions/"
HOLDS = "/api/v1/ppob/holds/"


@dataclass
class Core:
    client: ApiClient
    secret: str

    @classmethod
    def make(cls) -> "Core":
        return cls(*make_api_client(name="Core", actor=None))

    def call(self, path: str, body: Any = b"", *, method: str = "POST", **signing: Any) -> Any:
        """`signing` overrides what is signed: at, nonce, secret, key_id; `sent` what is sent instead of what was signed."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = signing.pop("sent", raw)
        header = authorization(
            **{
                "key_id": self.client.key_id,
                "secret": self.secret,
                "method": method,
                "path": path,
                "body": raw,
                **signing,
            }
        )
        return Client(headers={"Authorization": header}, raise_request_exception=False).generic(
            method, path, sent, content_type="application/json"
        )

    def report(self, *sales: Any, **signing: Any) -> Any:
        return self.call(TRANSACTIONS, {"transactions": [item_of(sale) for sale in sales]}, **signing)


def item_of(sale: Any, **changes: Any) -> Any:
    """A sale as the core writes it; anything else as it is."""
    if not isinstance(sale, Sale):
        return sale
    item = {**asdict(sale), "occurred_at": sale.occurred_at.isoformat(), **changes}
    item.pop("hold") if item.get("hold") is None else None
    return {name: value for name, value in item.items() if value is not ...}
