from django.db import migrations, models

from core.append_only import protect

# Partitions are made by `maintain_partitions`; their name, months and age stand in `core.apps`.
TABLES = """
CREATE SEQUENCE core_auditentry_id_seq AS bigint;
CREATE TABLE core_auditentry (
    id bigint NOT NULL DEFAULT nextval('core_auditentry_id_seq'),
    at timestamptz NOT NULL,
    actor_id bigint,
    actor_uuid uuid,
    act varchar(60) NOT NULL,
    object_kind varchar(60) NOT NULL,
    object_uuid uuid NOT NULL,
    via varchar(10) NOT NULL,
    request_id varchar(64) NOT NULL,
    address inet,
    reason text NOT NULL,
    changes jsonb,
    salt bytea,
    changes_digest bytea NOT NULL,
    mac bytea NOT NULL,
    PRIMARY KEY (id, at),
    CONSTRAINT audit_changes_need_their_salt CHECK ((changes IS NULL) = (salt IS NULL)),
    CONSTRAINT audit_actor_has_both_names CHECK ((actor_id IS NULL) = (actor_uuid IS NULL))
) PARTITION BY RANGE (at);
ALTER SEQUENCE core_auditentry_id_seq OWNED BY core_auditentry.id;

-- The auditor's page: newest first, by each of its filters; and one object's whole life.
CREATE INDEX audit_by_time ON core_auditentry (at, id);
CREATE INDEX audit_by_actor ON core_auditentry (actor_id, at, id);
CREATE INDEX audit_by_act ON core_auditentry (act, at, id);
CREATE INDEX audit_by_kind ON core_auditentry (object_kind, at, id);
CREATE INDEX audit_by_via ON core_auditentry (via, at, id);
CREATE INDEX audit_by_object ON core_auditentry (object_uuid, at, id);

CREATE TABLE core_auditseal (
    seal_no bigint PRIMARY KEY,
    entry_id bigint NOT NULL,
    entry_at timestamptz NOT NULL,
    entry_digest bytea NOT NULL,
    digest bytea NOT NULL,
    mac bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT audit_sealed_once UNIQUE (entry_id, entry_at)
);
"""

TRIGGERS = """
CREATE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- The one change there is: the owner erases what can be personal, all of it, and touches nothing else.
CREATE FUNCTION core_auditentry_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.changes IS NULL AND NEW.salt IS NULL AND NEW.address IS NULL AND NEW.reason = ''
       AND (NEW.id, NEW.at, NEW.actor_id, NEW.actor_uuid, NEW.act, NEW.object_kind, NEW.object_uuid, NEW.via,
            NEW.request_id, NEW.changes_digest, NEW.mac)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.at, OLD.actor_id, OLD.actor_uuid, OLD.act, OLD.object_kind, OLD.object_uuid, OLD.via,
            OLD.request_id, OLD.changes_digest, OLD.mac)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER erase_only BEFORE UPDATE ON core_auditentry FOR EACH ROW EXECUTE FUNCTION core_auditentry_erase_only();
CREATE TRIGGER no_delete BEFORE DELETE ON core_auditentry FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditseal
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""


def protect_tables(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        protect(cursor, "core_auditentry")
        protect(cursor, "core_auditseal")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE core_auditseal; DROP TABLE core_auditentry"),
        migrations.RunSQL(
            TRIGGERS,
            "DROP FUNCTION core_auditentry_erase_only() CASCADE; DROP FUNCTION core_append_only() CASCADE",
        ),
        migrations.RunPython(protect_tables, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="time")),
                ("actor_uuid", models.UUIDField(null=True)),
                ("act", models.CharField(max_length=60, verbose_name="act")),
                ("object_kind", models.CharField(max_length=60, verbose_name="kind of object")),
                ("object_uuid", models.UUIDField(verbose_name="object")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("admin", "Administration"),
                            ("api", "API"),
                            ("command", "Command"),
                            ("task", "Background task"),
                            ("socket", "Live connection"),
                        ],
                        max_length=10,
                        verbose_name="through",
                    ),
                ),
                ("request_id", models.CharField(max_length=64, verbose_name="request")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("reason", models.TextField(verbose_name="reason")),
                ("changes", models.JSONField(null=True, verbose_name="changes")),
                ("salt", models.BinaryField(null=True)),
                ("changes_digest", models.BinaryField()),
                ("mac", models.BinaryField()),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit trail",
                "db_table": "core_auditentry",
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("seal_no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField()),
                ("entry_at", models.DateTimeField()),
                ("entry_digest", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("mac", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"db_table": "core_auditseal", "managed": False, "default_permissions": ()},
        ),
    ]
