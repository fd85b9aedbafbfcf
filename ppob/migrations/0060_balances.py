import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ppob", "0040_proofs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("low", "Balance is low"), ("difference", "Figures differ")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "balance alarm",
                "verbose_name_plural": "balance alarms",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BookBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                ("amount", models.BigIntegerField(verbose_name="book balance")),
            ],
            options={
                "verbose_name": "book balance",
                "verbose_name_plural": "book balances",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="biller",
            name="difference_limit",
            field=models.BigIntegerField(
                default=100000,
                help_text="Rupiah between our book and the biller's own figure.",
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="warn at a difference above",
            ),
        ),
        migrations.AddField(
            model_name="reportedbalance",
            name="book",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="book balance"),
        ),
        migrations.AddField(
            model_name="reportedbalance",
            name="entered_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("code"), name="gin_trgm_ops"
                ),
                name="account_search",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["amount", "booked_on"], name="bank_line_amount"),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["asked_at", "id"], name="redemption_asked"),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["state", "asked_at", "id"], name="redemption_state"),
        ),
        migrations.AddIndex(
            model_name="reportedbalance",
            index=models.Index(
                condition=models.Q(("book__isnull", True)), fields=["id"], name="reported_uncompared"
            ),
        ),
        migrations.AddIndex(
            model_name="topup",
            index=models.Index(fields=["asked_at", "id"], name="topup_asked"),
        ),
        migrations.AddIndex(
            model_name="topup",
            index=models.Index(fields=["amount", "id"], name="topup_amount"),
        ),
        migrations.AddIndex(
            model_name="topup",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("reference"), name="gin_trgm_ops"
                ),
                name="topup_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "posted"), ("transfer_id__isnull", False)),
                    models.Q(models.Q(("state", "posted"), _negated=True), ("transfer_id__isnull", True)),
                    _connector="OR",
                ),
                name="topup_posted_has_its_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "matched"), _negated=True),
                    ("bank_line__isnull", False),
                    _connector="OR",
                ),
                name="topup_matched_has_its_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_id__isnull", False)),
                fields=("transfer_id",),
                name="topup_transfer_once",
            ),
        ),
        migrations.AddField(
            model_name="balancealarm",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alarms",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddField(
            model_name="bookbalance",
            name="biller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="booked",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AddConstraint(
            model_name="balancealarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("biller", "kind"),
                name="balance_alarm_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="bookbalance",
            index=models.Index(fields=["at"], name="book_balance_age"),
        ),
        migrations.AddConstraint(
            model_name="bookbalance",
            constraint=models.UniqueConstraint(fields=("biller", "at"), name="book_balance_once"),
        ),
        # Which fold a delta came after: a statement's running balance begins there.
        migrations.RunSQL(
            "CREATE INDEX fold_by_last_delta ON ppob_fold (account_id, last_delta)",
            "DROP INDEX fold_by_last_delta",
        ),
    ]
