from django.db import migrations

# Most entries come through a page, the admin or a task: a filter by one of those finds its rows walking the index by
# time. Only the rare doors need an index of their own, and the others' writers need not pay for it.
RARE = """
DROP INDEX audit_by_via;
CREATE INDEX audit_by_rare_via ON core_auditentry (via, at, id) WHERE via IN ('api', 'command', 'socket');
DROP INDEX audit_by_actor;
CREATE INDEX audit_by_actor ON core_auditentry (actor_id, at, id) WHERE actor_id IS NOT NULL;
"""
EVERY = """
DROP INDEX audit_by_rare_via;
CREATE INDEX audit_by_via ON core_auditentry (via, at, id);
DROP INDEX audit_by_actor;
CREATE INDEX audit_by_actor ON core_auditentry (actor_id, at, id);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_exports")]
    operations = [migrations.RunSQL(RARE, EVERY)]
