from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "0105_cached_guards.sql"


class Migration(migrations.Migration):
    """The days of legs asked for in functions that PostgreSQL keeps planned; what is refused stays the same."""

    dependencies = [("ppob", "0104_matched_stretches")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
