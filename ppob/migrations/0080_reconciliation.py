import datetime
from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from core import append_only
from organization.roles import seed_roles

SQL = Path(__file__).parent / "sql" / "0080_reconciliation.sql"


def protect(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        append_only.protect(cursor, "ppob_settlement_line")


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["ppob"])


class Migration(migrations.Migration):
    dependencies = [
        ("ppob", "0070_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DepositStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                ("business_on", models.DateField(verbose_name="business day")),
                ("opening", models.BigIntegerField(null=True, verbose_name="opening")),
                ("topups", models.BigIntegerField(null=True, verbose_name="top-ups")),
                ("sales", models.BigIntegerField(verbose_name="sales")),
                ("adjustments", models.BigIntegerField(default=0, verbose_name="adjustments")),
                ("expected", models.BigIntegerField(null=True, verbose_name="expected")),
                ("reported", models.BigIntegerField(null=True, verbose_name="reported")),
                ("difference", models.BigIntegerField(null=True, verbose_name="difference")),
                ("explained", models.BigIntegerField(default=0, verbose_name="explained")),
                ("unexplained", models.BigIntegerField(null=True, verbose_name="unexplained")),
                ("breakdown", models.JSONField(default=dict, verbose_name="by kind")),
                ("payable", models.BigIntegerField(null=True, verbose_name="to be transferred")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
            ],
            options={
                "verbose_name": "deposit statement",
                "verbose_name_plural": "deposit statements",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                ("business_on", models.DateField(verbose_name="business day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("amount", "Amount differs"),
                            ("status", "Status differs"),
                            ("missing_at_biller", "Missing at the biller"),
                            ("missing_here", "Missing here"),
                            ("duplicate_at_biller", "Twice at the biller"),
                            ("duplicate_here", "Twice here"),
                            ("carried_over", "Carried over"),
                            ("bad_line", "Bad line"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("copy", models.PositiveSmallIntegerField(default=1)),
                ("noref", models.CharField(blank=True, max_length=40, verbose_name="noref")),
                ("customer_id", models.CharField(blank=True, max_length=40, verbose_name="customer id")),
                ("product", models.CharField(blank=True, max_length=40, verbose_name="product")),
                ("occurred_at", models.DateTimeField(null=True, verbose_name="transaction time")),
                ("transaction_id", models.BigIntegerField(null=True)),
                ("our_state", models.CharField(blank=True, max_length=8, verbose_name="our status")),
                ("our_amount", models.BigIntegerField(null=True, verbose_name="our amount")),
                ("our_net", models.BigIntegerField(null=True, verbose_name="our net")),
                ("our_commission", models.BigIntegerField(null=True, verbose_name="our commission")),
                ("line", models.PositiveIntegerField(null=True, verbose_name="line")),
                ("their_success", models.BooleanField(null=True, verbose_name="successful at the biller")),
                ("their_amount", models.BigIntegerField(null=True, verbose_name="biller's amount")),
                ("their_net", models.BigIntegerField(null=True, verbose_name="biller's net")),
                ("their_commission", models.BigIntegerField(null=True, verbose_name="biller's commission")),
                ("impact", models.BigIntegerField(default=0, verbose_name="effect on the deposit")),
                ("correction", models.BigIntegerField(default=0, verbose_name="correction of our book")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("suggestion", models.JSONField(blank=True, default=dict, verbose_name="suggestion")),
                (
                    "gone",
                    models.BooleanField(db_default=False, default=False, verbose_name="no longer found"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("carried", "Carried to the next day"),
                            ("explained", "Explained"),
                            ("adjusted", "Adjusted"),
                            ("disputed", "Disputed with the biller"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="found")),
                ("changed_at", models.DateTimeField(null=True, verbose_name="changed")),
                ("explanation", models.CharField(blank=True, max_length=400, verbose_name="explanation")),
                ("proposed_amount", models.BigIntegerField(null=True, verbose_name="proposed adjustment")),
                ("transfer_id", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name": "difference",
                "verbose_name_plural": "differences",
                "permissions": [("approve_difference", "Can approve adjustments")],
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="DifferenceNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                ("text", models.CharField(max_length=400, verbose_name="note")),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ("id",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                ("business_on", models.DateField(verbose_name="business day")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("ended_at", models.DateTimeField(verbose_name="ended")),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("lines", models.PositiveIntegerField(verbose_name="lines")),
                ("lines_amount", models.BigIntegerField(verbose_name="amount of the lines")),
                ("ours", models.PositiveIntegerField(verbose_name="our sales")),
                ("ours_amount", models.BigIntegerField(verbose_name="amount of our sales")),
                ("matched", models.PositiveIntegerField(verbose_name="matched")),
                ("matched_lines", models.PositiveIntegerField(verbose_name="matched lines")),
                ("matched_amount", models.BigIntegerField(verbose_name="matched amount")),
                ("different_lines", models.PositiveIntegerField(verbose_name="lines with a difference")),
                (
                    "different_amount",
                    models.BigIntegerField(verbose_name="amount of lines with a difference"),
                ),
                ("rejected", models.PositiveIntegerField(verbose_name="rejected lines")),
                ("resolved", models.PositiveIntegerField(default=0, verbose_name="suspects resolved")),
                ("carried_in", models.PositiveIntegerField(default=0, verbose_name="carried in")),
                ("breaks", models.JSONField(default=dict, verbose_name="differences by kind")),
                ("digest", models.BinaryField()),
            ],
            options={
                "verbose_name": "reconciliation run",
                "verbose_name_plural": "reconciliation runs",
                "permissions": [("export_reconciliationrun", "Can export reconciliations")],
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.CreateModel(
            name="SettlementFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                ("business_on", models.DateField(verbose_name="business day")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("size", models.BigIntegerField(verbose_name="size")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("upload", "Uploaded"),
                            ("folder", "Watched folder"),
                            ("sftp", "SFTP"),
                            ("command", "Command line"),
                            ("demo", "Demo"),
                        ],
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="lines")),
                ("rejected", models.PositiveIntegerField(default=0, verbose_name="rejected lines")),
                ("amount", models.BigIntegerField(default=0, verbose_name="amount")),
                ("closing", models.BigIntegerField(null=True, verbose_name="closing balance")),
                ("is_replaced", models.BooleanField(default=False, verbose_name="replaced")),
            ],
            options={
                "verbose_name": "settlement file",
                "verbose_name_plural": "settlement files",
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.CreateModel(
            name="SettlementProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("delimited", "Text with separators"),
                            ("fixed", "Fixed width"),
                            ("xlsx", "Excel"),
                            ("zip", "ZIP"),
                        ],
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                (
                    "inner_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("csv", "CSV"),
                            ("delimited", "Text with separators"),
                            ("fixed", "Fixed width"),
                            ("xlsx", "Excel"),
                            ("zip", "ZIP"),
                        ],
                        help_text="For a ZIP alone.",
                        max_length=10,
                        verbose_name="form inside the ZIP",
                    ),
                ),
                ("encoding", models.CharField(default="utf-8", max_length=12, verbose_name="encoding")),
                (
                    "delimiter",
                    models.CharField(blank=True, default=",", max_length=1, verbose_name="separator"),
                ),
                ("header_lines", models.PositiveSmallIntegerField(default=1, verbose_name="header lines")),
                ("trailer", models.JSONField(blank=True, default=dict, verbose_name="trailer")),
                ("columns", models.JSONField(verbose_name="columns")),
                (
                    "date_form",
                    models.CharField(default="%Y-%m-%d", max_length=30, verbose_name="form of dates"),
                ),
                (
                    "time_form",
                    models.CharField(
                        blank=True, default="%H:%M:%S", max_length=30, verbose_name="form of times"
                    ),
                ),
                (
                    "number_form",
                    models.CharField(
                        choices=[
                            ("plain", "50000"),
                            ("padded", "000050000"),
                            ("cents", "000005000000"),
                            ("dots", "50.000,00"),
                            ("commas", "50,000.00"),
                        ],
                        default="plain",
                        max_length=8,
                        verbose_name="form of amounts",
                    ),
                ),
                (
                    "success_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        size=None,
                        verbose_name="words for success",
                    ),
                ),
                (
                    "failure_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="words for failure",
                    ),
                ),
                (
                    "amount_means",
                    models.CharField(
                        choices=[
                            ("gross", "Bill, fine and the biller's fee"),
                            ("net", "After the biller's commission"),
                            ("total", "All that the customer pays"),
                            ("bill", "The bill alone"),
                        ],
                        default="gross",
                        max_length=6,
                        verbose_name="what the amount is",
                    ),
                ),
                (
                    "line_rule",
                    models.CharField(
                        choices=[
                            ("one", "One line a sale"),
                            ("many_lines", "Several lines a sale"),
                            ("many_sales", "Several sales a line"),
                        ],
                        default="one",
                        max_length=10,
                        verbose_name="lines and sales",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("Asia/Jakarta", "WIB"),
                            ("Asia/Makassar", "WITA"),
                            ("Asia/Jayapura", "WIT"),
                        ],
                        help_text="Empty: the biller's own.",
                        max_length=20,
                        verbose_name="time zone of its clock",
                    ),
                ),
                (
                    "cut_off_margin",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MaxValueValidator(240)],
                        verbose_name="minutes around the cut-off",
                    ),
                ),
                ("runs_at", models.TimeField(default=datetime.time(6, 0), verbose_name="reconciled at")),
                ("due_at", models.TimeField(default=datetime.time(10, 0), verbose_name="settled until")),
                (
                    "closed_weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="0 is Monday, 6 is Sunday.",
                        size=None,
                        verbose_name="weekdays without settlement",
                    ),
                ),
                (
                    "holidays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="holidays",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "settlement profile",
                "verbose_name_plural": "settlement profiles",
                "ordering": ("biller__code",),
            },
        ),
        migrations.AddField(
            model_name="billerday",
            name="prepared_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="prepared"),
        ),
        migrations.AddField(
            model_name="billerday",
            name="prepared_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="prepared by",
            ),
        ),
        migrations.AddField(
            model_name="billerday",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signed by",
            ),
        ),
        migrations.AddConstraint(
            model_name="billerday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by__isnull", True),
                    models.Q(
                        ("prepared_by__isnull", False),
                        ("signed_at__isnull", False),
                        models.Q(("signed_by", models.F("prepared_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="biller_day_signed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="billerday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("prepared_at__isnull", True), ("prepared_by__isnull", True)),
                    models.Q(("prepared_at__isnull", False), ("prepared_by__isnull", False)),
                    _connector="OR",
                ),
                name="biller_day_prepared_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="depositstatement",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approved by",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="proposed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AddField(
            model_name="differencenote",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="differencenote",
            name="difference",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="ppob.difference"
            ),
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="started_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="ppob.reconciliationrun",
                verbose_name="reconciliation run",
            ),
        ),
        migrations.AddField(
            model_name="depositstatement",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ppob.reconciliationrun",
                verbose_name="reconciliation run",
            ),
        ),
        migrations.AddField(
            model_name="settlementfile",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlement_files",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddField(
            model_name="settlementfile",
            name="received_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="received by",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="file",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="ppob.settlementfile",
                verbose_name="file",
            ),
        ),
        migrations.AddField(
            model_name="settlementprofile",
            name="biller",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlement_profile",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.UniqueConstraint(
                fields=("biller", "business_on", "number"), name="run_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "lines",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("matched_lines"), "+", models.F("different_lines")
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="run_accounts_for_each_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "lines_amount",
                        django.db.models.expressions.CombinedExpression(
                            models.F("matched_amount"), "+", models.F("different_amount")
                        ),
                    )
                ),
                name="run_accounts_for_each_rupiah",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gte", models.F("started_at"))), name="run_ends_after_its_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositstatement",
            constraint=models.UniqueConstraint(
                fields=("biller", "business_on"), name="deposit_statement_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "expected",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("opening"), "+", models.F("topups")
                                    ),
                                    "-",
                                    models.F("sales"),
                                ),
                                "+",
                                models.F("adjustments"),
                            ),
                        ),
                        ("payable__isnull", True),
                    ),
                    models.Q(
                        ("expected__isnull", True),
                        ("opening__isnull", True),
                        ("payable__isnull", False),
                        ("reported__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="deposit_expected_is_its_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("difference__isnull", True),
                        ("reported__isnull", True),
                        ("unexplained__isnull", True),
                    ),
                    models.Q(
                        (
                            "difference",
                            django.db.models.expressions.CombinedExpression(
                                models.F("reported"), "-", models.F("expected")
                            ),
                        ),
                        (
                            "unexplained",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("reported"), "-", models.F("expected")
                                ),
                                "-",
                                models.F("explained"),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="deposit_difference_is_its_parts",
            ),
        ),
        migrations.AddIndex(
            model_name="settlementfile",
            index=models.Index(fields=["biller", "-business_on", "-id"], name="settlement_file_day"),
        ),
        migrations.AddConstraint(
            model_name="settlementfile",
            constraint=models.UniqueConstraint(
                fields=("biller", "sha256"), name="settlement_file_content_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="settlement_file_hash"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0), ("rejected__lte", models.F("lines")), ("size__gte", 0)
                ),
                name="settlement_file_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(fields=["biller", "business_on", "kind", "id"], name="difference_of_day"),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "carried", "disputed"])),
                fields=["found_at", "id"],
                name="difference_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(fields=["run"], name="difference_of_run"),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(
                fields=("biller", "business_on", "kind", "key", "copy"), name="difference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "amount",
                            "status",
                            "missing_at_biller",
                            "missing_here",
                            "duplicate_at_biller",
                            "duplicate_here",
                            "carried_over",
                            "bad_line",
                        ],
                    )
                ),
                name="difference_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "carried", "explained", "adjusted", "disputed", "closed"])
                ),
                name="difference_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(
                        ("proposed_by__isnull", False),
                        models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="difference_maker_is_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_by__isnull", False),
                        ("proposed_amount__isnull", False),
                        ("proposed_by__isnull", False),
                        ("state", "adjusted"),
                        ("transfer_id__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state", "adjusted"), _negated=True),
                        ("approved_by__isnull", True),
                        ("transfer_id__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="difference_adjusted_has_its_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_amount__isnull", True), ("proposed_by__isnull", True)),
                    models.Q(("proposed_by__isnull", False), models.Q(("proposed_amount", 0), _negated=True)),
                    _connector="OR",
                ),
                name="difference_proposal_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["explained", "disputed"]), _negated=True),
                    models.Q(("explanation", ""), _negated=True),
                    _connector="OR",
                ),
                name="difference_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "bad_line"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="difference_bad_line_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_id__isnull", False)),
                fields=("transfer_id",),
                name="difference_transfer_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["csv", "delimited", "fixed", "xlsx", "zip"])),
                name="profile_form_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("form", "zip"), ("inner_form__in", ["csv", "delimited", "fixed", "xlsx"])),
                    models.Q(models.Q(("form", "zip"), _negated=True), ("inner_form", "")),
                    _connector="OR",
                ),
                name="profile_zip_holds_a_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("columns__has_keys", ["date", "noref", "amount", "status"])),
                name="profile_names_its_columns",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("success_words__len__gt", 0)), name="profile_knows_success"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("success_words__overlap", models.F("failure_words")), _negated=True),
                name="profile_words_mean_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("cut_off_margin__lte", 240)), name="profile_margin_is_short"
            ),
        ),
        migrations.AlterModelOptions(
            name="billerday",
            options={
                "default_permissions": ("view",),
                "permissions": [("sign_billerday", "Can sign billers' days")],
                "verbose_name": "biller's day",
                "verbose_name_plural": "billers' days",
            },
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
