"""The ledger's accounts that are nobody's but ours. Their codes are known to the database functions."""

from django.db import connections

BANK, INCOME, CLEARING, ADJUSTMENT, ISSUED = (
    "bank:idr",
    "income:idr",
    "clearing:idr",
    "adjustment:idr",
    "issued:pts",
)
_SQL = """
    INSERT INTO ppob_account
        (code, kind, asset, sign, is_shared, balance, held, min_balance, version, folded_through)
    VALUES ('bank:idr', 'bank', 'IDR', 1, true, 0, 0, 0, 0, 0),
           ('income:idr', 'income', 'IDR', -1, true, 0, 0, 0, 0, 0),
           ('clearing:idr', 'clearing', 'IDR', 1, true, 0, 0, 0, 0, 0),
           ('adjustment:idr', 'adjustment', 'IDR', -1, true, 0, 0, 0, 0, 0),
           ('issued:pts', 'issued', 'PTS', 1, true, 0, 0, 0, 0, 0)
    ON CONFLICT (code) DO NOTHING
"""


def open_house_accounts(*, using: str = "default") -> None:
    """Open them where they are missing. Idempotent; a migration does it, and tests do it after a flush."""
    with connections[using].cursor() as cursor:
        cursor.execute(_SQL)
