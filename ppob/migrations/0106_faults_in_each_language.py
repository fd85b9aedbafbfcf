from django.db import migrations, models

COLUMNS = (("ppob_sftpsource", "error"), ("ppob_sftpfile", "refusal"))
# What was kept so far was said in one language, and is read so in all of them.
TO_JSON = """
    ALTER TABLE {table} ALTER COLUMN {column} TYPE jsonb
    USING CASE WHEN {column} = '' THEN '{{}}' ELSE jsonb_build_object('id', {column}, 'en', {column}) END
"""
TO_TEXT = "ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(300) USING left(coalesce({column} ->> 'id', ''), 300)"


class Migration(migrations.Migration):
    """Why a server could not be read, and why a file was refused, in the language of whoever reads it."""

    dependencies = [("ppob", "0105_cached_guards")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [TO_JSON.format(table=table, column=column) for table, column in COLUMNS],
                    [TO_TEXT.format(table=table, column=column) for table, column in COLUMNS],
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "sftpsource",
                    "error",
                    models.JSONField(blank=True, default=dict, editable=False, verbose_name="last fault"),
                ),
                migrations.AlterField(
                    "sftpfile",
                    "refusal",
                    models.JSONField(blank=True, default=dict, verbose_name="why it was refused"),
                ),
            ],
        )
    ]
