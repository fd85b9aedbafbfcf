"""The admin of the payment point: one module a noun. Money is looked at here and moved nowhere."""

from ppob.admin import (
    accounting,
    agents,
    api_clients,
    billers,
    content,
    ledger,
    limits,
    products,
    reconciliation,
    rewards,
    sales,
    sftp,
    topups,
)

__all__ = [
    "accounting",
    "agents",
    "api_clients",
    "billers",
    "content",
    "ledger",
    "limits",
    "products",
    "reconciliation",
    "rewards",
    "sales",
    "sftp",
    "topups",
]
