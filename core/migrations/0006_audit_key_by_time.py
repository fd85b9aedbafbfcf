from django.db import migrations

# Everything asks for entries by time: with the time first, the key is that index too, and each writer fills one less.
BY_TIME = """
ALTER TABLE core_auditentry DROP CONSTRAINT core_auditentry_pkey, ADD PRIMARY KEY (at, id);
DROP INDEX audit_by_time;
"""
BY_NUMBER = """
CREATE INDEX audit_by_time ON core_auditentry (at, id);
ALTER TABLE core_auditentry DROP CONSTRAINT core_auditentry_pkey, ADD PRIMARY KEY (id, at);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_index_of_rare_doors")]
    operations = [migrations.RunSQL(BY_TIME, BY_NUMBER)]
