"""No row names a version of another application, whoever writes it."""

from django.db import migrations

TABLES = ("betaapp_stableperiod", "betaapp_programapplication")
ADD = """
    ALTER TABLE {table} ADD CONSTRAINT {table}_version_of_application
    FOREIGN KEY (version_id, application_id) REFERENCES betaapp_version (id, application_id)
    DEFERRABLE INITIALLY DEFERRED
"""
DROP = "ALTER TABLE {table} DROP CONSTRAINT {table}_version_of_application"


class Migration(migrations.Migration):
    dependencies = [("betaapp", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [ADD.format(table=table) for table in TABLES], [DROP.format(table=table) for table in TABLES]
        )
    ]
