"""What a batch reads does not grow with what was sold before, whatever the planner knew when its plans were made."""

import pytest
from django.db import connection, transaction

from ppob.services.sales import report_sales
from ppob.tests.ledger_factories import House

pytestmark = pytest.mark.django_db(transaction=True)
BATCH, BATCHES = 20, 40
READ_AN_ITEM = 20  # rows of all PPOB tables; about 8 are needed


def rows_read() -> int:
    """Rows that this transaction has read of PPOB's tables so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE 'ppob_%'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("known", ["nothing", "as it was empty"])
def test_the_last_of_many_batches_reads_as_few_rows_as_the_first(known):
    house = House.make(balance=100_000_000)
    if known == "as it was empty":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with transaction.atomic():
        for _ in range(8):  # a plan is kept from the sixth time on
            report_sales([house.sale()])
        for number in range(BATCHES):
            sales = [house.sale(state="suspect" if number % 4 == 0 else "success") for _ in range(BATCH)]
            before = rows_read()
            report_sales(sales)
            read = rows_read() - before
            assert read < BATCH * READ_AN_ITEM, f"batch {number} read {read} rows"
        before = rows_read()
        assert {one.answer for one in report_sales(sales)} == {"same"}
        assert rows_read() - before < BATCH * READ_AN_ITEM
