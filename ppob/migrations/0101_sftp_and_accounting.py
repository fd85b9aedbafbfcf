from decimal import Decimal

import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import ppob.models.sftp
from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["ppob"])


class Migration(migrations.Migration):
    dependencies = [
        ("ppob", "0100_run_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="SftpSource",
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
                ("host", models.CharField(max_length=120, verbose_name="host")),
                (
                    "port",
                    models.PositiveIntegerField(
                        default=22,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                ("user", models.CharField(max_length=60, verbose_name="user")),
                (
                    "login_by",
                    models.CharField(
                        choices=[("key", "Private key"), ("password", "Password")],
                        default="key",
                        max_length=8,
                        verbose_name="logs in by",
                    ),
                ),
                ("secret_sealed", models.BinaryField()),
                (
                    "host_key",
                    models.TextField(
                        max_length=2000,
                        validators=[ppob.models.sftp.host_key_validator],
                        verbose_name="host key",
                    ),
                ),
                ("folder", models.CharField(default=".", max_length=200, verbose_name="folder")),
                (
                    "pattern",
                    models.CharField(
                        default="*",
                        help_text="Which files are taken, such as REKON_*.csv.",
                        max_length=80,
                        verbose_name="names",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("checked_at", models.DateTimeField(editable=False, null=True, verbose_name="last looked")),
                (
                    "error",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="last fault"),
                ),
                (
                    "biller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sftp_source",
                        to="ppob.biller",
                        verbose_name="biller",
                    ),
                ),
            ],
            options={
                "verbose_name": "SFTP source",
                "verbose_name_plural": "SFTP sources",
                "ordering": ("biller__code",),
            },
        ),
        migrations.CreateModel(
            name="SftpFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("size", models.BigIntegerField(verbose_name="size")),
                ("modified_at", models.DateTimeField(verbose_name="changed there")),
                ("taken_at", models.DateTimeField(auto_now_add=True, verbose_name="taken")),
                ("refusal", models.CharField(blank=True, max_length=300, verbose_name="why it was refused")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="ppob.sftpsource",
                    ),
                ),
            ],
            options={
                "verbose_name": "file on SFTP",
                "verbose_name_plural": "files on SFTP",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
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
                ("from_on", models.DateField(unique=True, verbose_name="from")),
                (
                    "base_numerator",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="tax base (parts)",
                    ),
                ),
                (
                    "base_denominator",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="tax base (of)",
                    ),
                ),
                (
                    "ppn",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="PPN (%)",
                    ),
                ),
                (
                    "pph",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="PPh (%)",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "tax rate",
                "verbose_name_plural": "tax rates",
                "ordering": ("-from_on",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pph__gte", 0), ("pph__lte", 100), ("ppn__gte", 0), ("ppn__lte", 100)
                        ),
                        name="tax_rate_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base_denominator__gte", models.F("base_numerator")), ("base_numerator__gte", 1)
                        ),
                        name="tax_base_is_a_part",
                        violation_error_message="The base is a part of the commission: at most all of it.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountCode",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("agent", "Agent's balance"),
                            ("receivable", "Agent's receivable"),
                            ("deposit", "Deposit at biller"),
                            ("payable", "Payable to biller"),
                            ("bank", "Bank"),
                            ("income", "Income"),
                            ("clearing", "Sales clearing"),
                            ("adjustment", "Adjustments"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[0-9A-Za-z][0-9A-Za-z.\\-]*\\Z", "Letters, digits, dots and dashes."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "biller",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every biller without a code of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_codes",
                        to="ppob.biller",
                        verbose_name="biller",
                    ),
                ),
            ],
            options={
                "verbose_name": "account code",
                "verbose_name_plural": "account codes",
                "ordering": ("kind", "biller", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("biller__isnull", True)),
                        fields=("kind",),
                        name="account_code_of_kind_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("biller__isnull", False)),
                        fields=("kind", "biller"),
                        name="account_code_of_biller_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("biller__isnull", True), ("kind__in", ["deposit", "payable"]), _connector="OR"
                        ),
                        name="account_code_of_a_billers_account",
                        violation_error_message="Only deposits and payables belong to a biller.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="sftpsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("port__range", (1, 65535))), name="sftp_port_valid"
            ),
        ),
        migrations.AddConstraint(
            model_name="sftpsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("login_by__in", ["key", "password"])), name="sftp_login_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sftpsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("host_key", ""), _negated=True), name="sftp_host_key_pinned"
            ),
        ),
        migrations.AddConstraint(
            model_name="sftpsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("secret_sealed", b""), _negated=True), name="sftp_has_its_secret"
            ),
        ),
        migrations.AddConstraint(
            model_name="sftpfile",
            constraint=models.UniqueConstraint(
                fields=("source", "name", "size", "modified_at"), name="sftp_file_once"
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
