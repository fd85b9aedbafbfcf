"""What computers say against what their stores should run, as one view; and no row names another application's version.

Today is Jakarta's: in Makassar and Jayapura a trial counts from an hour or two after midnight here; what a store's own
computers ask for knows its zone.
"""

from django.db import migrations

TABLES = ("betaapp_installedversion", "betaapp_confirmedversion", "betaapp_feedback")
ADD = """
    ALTER TABLE {table} ADD CONSTRAINT {table}_version_of_application
    FOREIGN KEY (version_id, application_id) REFERENCES betaapp_version (id, application_id)
    DEFERRABLE INITIALLY DEFERRED
"""
DROP = "ALTER TABLE {table} DROP CONSTRAINT {table}_version_of_application"
VIEW = """
    CREATE VIEW betaapp_drift AS
    SELECT i.id, i.store_id, i.device_id, i.application_id, i.version_id AS reported_id,
           COALESCE(t.version_id, s.version_id) AS expected_id, t.program_id, lower(i.during) AS since
    FROM betaapp_installedversion i
    LEFT JOIN (
        -- Two programmes that try the same version at a store are one trial.
        SELECT DISTINCT ON (store_id, application_id) store_id, application_id, version_id, program_id
        FROM betaapp_storetrial WHERE days @> (now() AT TIME ZONE 'Asia/Jakarta')::date
        ORDER BY store_id, application_id, id
    ) t ON t.store_id = i.store_id AND t.application_id = i.application_id
    LEFT JOIN betaapp_stableperiod s ON s.application_id = i.application_id AND s.during @> now()
    WHERE upper_inf(i.during) AND i.version_id <> COALESCE(t.version_id, s.version_id)
"""


class Migration(migrations.Migration):
    dependencies = [("betaapp", "0010_devices")]
    operations = [
        migrations.RunSQL(
            [*(ADD.format(table=table) for table in TABLES), VIEW],
            ["DROP VIEW betaapp_drift", *(DROP.format(table=table) for table in TABLES)],
        )
    ]
