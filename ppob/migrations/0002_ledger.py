"""The ledger and the transactions: tables, guards, and the functions that alone write them, handed to gerai_ledger."""

from pathlib import Path

from django.db import migrations

from core import append_only
from ppob.house_accounts import open_house_accounts
from ppob.ownership import hand_over

SQL = Path(__file__).parent / "sql"
APPEND_ONLY = (
    "ppob_transfer",
    "ppob_entry",
    "ppob_delta",
    "ppob_fold",
    "ppob_ledger_day",
    "ppob_transaction_key",
    "ppob_transaction_event",
)
# Their rows change, by the functions; they are not emptied either.
NEVER_EMPTIED = (
    "ppob_account",
    "ppob_hold",
    "ppob_limit_usage",
    "ppob_transaction",
    "ppob_posting_exception",
)


def protect(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table in APPEND_ONLY + NEVER_EMPTIED:
            append_only.protect(cursor, table)
        hand_over(cursor)


def open_accounts(apps, schema_editor):
    open_house_accounts(using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("ppob", "0001_initial"), ("core", "0002_audit")]
    operations = [
        migrations.RunSQL((SQL / "0002_tables.sql").read_text()),
        migrations.RunSQL((SQL / "0003_functions.sql").read_text()),
        migrations.RunSQL((SQL / "0004_report.sql").read_text()),
        migrations.RunPython(protect, migrations.RunPython.noop),
        migrations.RunPython(open_accounts, migrations.RunPython.noop),
    ]
