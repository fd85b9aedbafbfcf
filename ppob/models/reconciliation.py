"""What billers say they delivered, beside what we say: how to read their files, the files, and what a run found.

Staged lines and matched pairs are tables of the database alone (migration 0080): a run reads and writes them in sets.
Money is whole Rupiah. Nothing of a day that is signed changes any more; triggers refuse it, whoever asks.
"""

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.choices import TimeZone
from ppob.choices import (
    AmountMeaning,
    DifferenceKind,
    DifferenceState,
    FileForm,
    FileSource,
    LineRule,
    NumberForm,
)
from ppob.models.billers import Biller


class SettlementProfile(Identified):
    """How one biller's file is read, and when its day is settled. Adding a biller adds a row, no code.

    `columns` maps what we need (date, time, noref, customer_id, product, amount, status, and perhaps sheets, commission,
    response_code, stan, serial, part) to a column's name or number from 0, or to [start, length] in a fixed width.
    `trailer` is {"starts": word, "count": column, "sum": column, "closing": column}, or empty.
    """

    called_by = ("biller__code",)
    biller = models.OneToOneField(
        Biller, models.PROTECT, related_name="settlement_profile", verbose_name=_("biller")
    )
    form = models.CharField(_("form"), max_length=10, choices=FileForm)
    inner_form = models.CharField(
        _("form inside the ZIP"), max_length=10, choices=FileForm, blank=True, help_text=_("For a ZIP alone.")
    )
    encoding = models.CharField(_("encoding"), max_length=12, default="utf-8")
    delimiter = models.CharField(_("separator"), max_length=1, blank=True, default=",")
    header_lines = models.PositiveSmallIntegerField(_("header lines"), default=1)
    trailer = models.JSONField(_("trailer"), default=dict, blank=True)
    columns = models.JSONField(_("columns"))
    date_form = models.CharField(_("form of dates"), max_length=30, default="%Y-%m-%d")
    time_form = models.CharField(_("form of times"), max_length=30, default="%H:%M:%S", blank=True)
    number_form = models.CharField(
        _("form of amounts"), max_length=8, choices=NumberForm, default=NumberForm.PLAIN
    )
    success_words = ArrayField(models.CharField(max_length=20), verbose_name=_("words for success"))
    failure_words = ArrayField(
        models.CharField(max_length=20), verbose_name=_("words for failure"), default=list, blank=True
    )
    amount_means = models.CharField(
        _("what the amount is"), max_length=6, choices=AmountMeaning, default=AmountMeaning.GROSS
    )
    line_rule = models.CharField(_("lines and sales"), max_length=10, choices=LineRule, default=LineRule.ONE)
    time_zone = models.CharField(
        _("time zone of its clock"),
        max_length=20,
        choices=TimeZone,
        blank=True,
        help_text=_("Empty: the biller's own."),
    )
    # Sales so near the cut-off may stand in the next day's file.
    cut_off_margin = models.PositiveSmallIntegerField(
        _("minutes around the cut-off"), default=30, validators=[MaxValueValidator(240)]
    )
    runs_at = models.TimeField(_("reconciled at"), default=time(6))
    due_at = models.TimeField(_("settled until"), default=time(10))
    closed_weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("weekdays without settlement"),
        default=list,
        blank=True,
        help_text=_("0 is Monday, 6 is Sunday."),
    )
    holidays = ArrayField(models.DateField(), verbose_name=_("holidays"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("settlement profile"), _("settlement profiles")
        ordering = ("biller__code",)
        constraints = [
            models.CheckConstraint(condition=Q(form__in=FileForm.values), name="profile_form_known"),
            models.CheckConstraint(
                condition=Q(form="zip", inner_form__in=["csv", "delimited", "fixed", "xlsx"])
                | (~Q(form="zip") & Q(inner_form="")),
                name="profile_zip_holds_a_form",
            ),
            models.CheckConstraint(
                condition=Q(columns__has_keys=["date", "noref", "amount", "status"]),
                name="profile_names_its_columns",
            ),
            models.CheckConstraint(condition=Q(success_words__len__gt=0), name="profile_knows_success"),
            models.CheckConstraint(
                condition=~Q(success_words__overlap=F("failure_words")), name="profile_words_mean_one_thing"
            ),
            models.CheckConstraint(condition=Q(cut_off_margin__lte=240), name="profile_margin_is_short"),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.form}"


class SettlementFile(Identified):
    """A biller's file as it came, known by its content. Its lines are staged in the transaction that writes this row.

    `business_on` is the day it was brought for; its lines belong to the day that their own time says. A newer file for
    that day may replace it: then its lines count no more, and stay as evidence.
    """

    biller = models.ForeignKey(
        Biller, models.PROTECT, related_name="settlement_files", verbose_name=_("biller")
    )
    business_on = models.DateField(_("business day"))
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(_("size"))
    source = models.CharField(_("source"), max_length=8, choices=FileSource)
    received_at = models.DateTimeField(_("received"))
    # What PostgreSQL called now: its lines lie in the partition of that moment, and all of them have it.
    staged_at = models.DateTimeField(editable=False, db_default=Now())
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("received by")
    )
    lines = models.PositiveIntegerField(_("lines"), default=0)
    rejected = models.PositiveIntegerField(_("rejected lines"), default=0)
    amount = models.BigIntegerField(_("amount"), default=0)
    closing = models.BigIntegerField(_("closing balance"), null=True)
    # The days that its good lines are of: a run reads no other file. Null: it has none, or an older version took it.
    first_on = models.DateField(_("first business day"), null=True)
    last_on = models.DateField(_("last business day"), null=True)
    is_replaced = models.BooleanField(_("replaced"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("settlement file"), _("settlement files")
        default_permissions = ("view", "add")
        indexes = [models.Index(fields=["biller", "-business_on", "-id"], name="settlement_file_day")]
        constraints = [
            models.UniqueConstraint(fields=["biller", "sha256"], name="settlement_file_content_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="settlement_file_hash"),
            models.CheckConstraint(
                condition=Q(rejected__lte=F("lines"), size__gte=0, amount__gte=0),
                name="settlement_file_counts",
            ),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True, last_on__isnull=True)
                | Q(first_on__isnull=False, last_on__isnull=False, first_on__lte=F("last_on")),
                name="settlement_file_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReconciliationRun(Identified):
    """One comparison of a biller's day. The newest is what holds; the same input gives the same digest.

    Lines in = matched + different + rejected, in number and in Rupiah, by CHECK. `resolved` are suspects that the file
    ended, `carried_in` sales of the day before that it brought; both are matched.
    """

    called_by = ("biller__code", "business_on", "number")
    biller = models.ForeignKey(Biller, models.PROTECT, related_name="runs", verbose_name=_("biller"))
    business_on = models.DateField(_("business day"))
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    files = ArrayField(models.BigIntegerField(), default=list)
    lines = models.PositiveIntegerField(_("lines"))
    lines_amount = models.BigIntegerField(_("amount of the lines"))
    ours = models.PositiveIntegerField(_("our sales"))
    ours_amount = models.BigIntegerField(_("amount of our sales"))
    matched = models.PositiveIntegerField(_("matched"))
    matched_lines = models.PositiveIntegerField(_("matched lines"))
    matched_amount = models.BigIntegerField(_("matched amount"))
    different_lines = models.PositiveIntegerField(_("lines with a difference"))
    different_amount = models.BigIntegerField(_("amount of lines with a difference"))
    rejected = models.PositiveIntegerField(_("rejected lines"))
    resolved = models.PositiveIntegerField(_("suspects resolved"), default=0)
    carried_in = models.PositiveIntegerField(_("carried in"), default=0)
    breaks = models.JSONField(_("differences by kind"), default=dict)
    digest = models.BinaryField()

    class Meta:
        verbose_name, verbose_name_plural = _("reconciliation run"), _("reconciliation runs")
        default_permissions = ("view", "add")
        permissions = [("export_reconciliationrun", _("Can export reconciliations"))]
        constraints = [
            models.UniqueConstraint(fields=["biller", "business_on", "number"], name="run_number_once"),
            models.CheckConstraint(
                condition=Q(lines=F("matched_lines") + F("different_lines") + F("rejected")),
                name="run_accounts_for_each_line",
            ),
            models.CheckConstraint(
                condition=Q(lines_amount=F("matched_amount") + F("different_amount")),
                name="run_accounts_for_each_rupiah",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")), name="run_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.business_on} #{self.number}"


class Difference(Identified):
    """Where both books differ: both sides beside each other, who sees to it, and how it ended.

    Known by (biller, day, kind, key, copy), so that a new run finds it again with its owner and notes. `impact` is what it
    does to the biller's closing balance against the expected one; `correction` is what our own book at the biller has to
    change by to say what the biller says.
    """

    called_by = ("biller__code", "business_on", "noref")
    # Two indexes begin with the biller, and one has the run: none of their own.
    biller = models.ForeignKey(
        Biller, models.PROTECT, related_name="differences", db_index=False, verbose_name=_("biller")
    )
    business_on = models.DateField(_("business day"))
    run = models.ForeignKey(
        ReconciliationRun,
        models.PROTECT,
        related_name="differences",
        db_index=False,
        verbose_name=_("reconciliation run"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DifferenceKind)
    key = models.CharField(max_length=80)
    copy = models.PositiveSmallIntegerField(default=1)
    noref = models.CharField(_("noref"), max_length=40, blank=True)
    customer_id = models.CharField(_("customer id"), max_length=40, blank=True)
    product = models.CharField(_("product"), max_length=40, blank=True)
    occurred_at = models.DateTimeField(_("transaction time"), null=True)
    transaction_id = models.BigIntegerField(null=True)  # one of them, where several sales make a line
    our_state = models.CharField(_("our status"), max_length=8, blank=True)
    our_amount = models.BigIntegerField(_("our amount"), null=True)
    our_net = models.BigIntegerField(_("our net"), null=True)
    our_commission = models.BigIntegerField(_("our commission"), null=True)
    file = models.ForeignKey(
        SettlementFile, models.PROTECT, null=True, related_name="differences", verbose_name=_("file")
    )
    line = models.PositiveIntegerField(_("line"), null=True)
    their_success = models.BooleanField(_("successful at the biller"), null=True)
    their_amount = models.BigIntegerField(_("biller's amount"), null=True)
    their_net = models.BigIntegerField(_("biller's net"), null=True)
    their_commission = models.BigIntegerField(_("biller's commission"), null=True)
    impact = models.BigIntegerField(_("effect on the deposit"), default=0)
    correction = models.BigIntegerField(_("correction of our book"), default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # {"rule": "stan" | "customer", "key": the difference on the other side}: for a person to confirm.
    suggestion = models.JSONField(_("suggestion"), default=dict, blank=True)
    # A newer run does not find it any more; kept for what people have written on it.
    gone = models.BooleanField(_("no longer found"), default=False, db_default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    state = models.CharField(_("status"), max_length=9, choices=DifferenceState, default=DifferenceState.OPEN)
    found_at = models.DateTimeField(_("found"))
    changed_at = models.DateTimeField(_("changed"), null=True)
    explanation = models.CharField(_("explanation"), max_length=400, blank=True)
    proposed_amount = models.BigIntegerField(_("proposed adjustment"), null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    transfer_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("difference"), _("differences")
        default_permissions = ("view", "change")
        permissions = [("approve_difference", _("Can approve adjustments"))]
        indexes = [
            models.Index(fields=["biller", "business_on", "kind", "id"], name="difference_of_day"),
            models.Index(
                fields=["found_at", "id"],
                name="difference_unsettled",
                condition=Q(state__in=["open", "carried", "disputed"]),
            ),
            models.Index(fields=["run"], name="difference_of_run"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["biller", "business_on", "kind", "key", "copy"], name="difference_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=DifferenceKind.values), name="difference_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=DifferenceState.values), name="difference_state_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (Q(proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="difference_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=DifferenceState.ADJUSTED,
                    transfer_id__isnull=False,
                    approved_by__isnull=False,
                    proposed_by__isnull=False,
                    proposed_amount__isnull=False,
                )
                | (
                    ~Q(state=DifferenceState.ADJUSTED) & Q(transfer_id__isnull=True, approved_by__isnull=True)
                ),
                name="difference_adjusted_has_its_transfer",
            ),
            models.CheckConstraint(
                condition=Q(proposed_amount__isnull=True, proposed_by__isnull=True)
                | (Q(proposed_by__isnull=False, proposed_amount__isnull=False) & ~Q(proposed_amount=0)),
                name="difference_proposal_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["explained", "disputed"]) | ~Q(explanation=""),
                name="difference_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DifferenceKind.BAD_LINE) | ~Q(reason=""),
                name="difference_bad_line_says_why",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"],
                condition=Q(transfer_id__isnull=False),
                name="difference_transfer_once",
            ),
        ]

    def __str__(self) -> str:
        return self.noref or self.key


class DifferenceNote(models.Model):
    """What somebody wrote beside a difference; never changed."""

    difference = models.ForeignKey(Difference, models.CASCADE, related_name="notes")
    at = models.DateTimeField(_("time"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("note"), max_length=400)

    class Meta:
        verbose_name, verbose_name_plural = _("note"), _("notes")
        default_permissions = ()
        ordering = ("id",)


class DepositStatement(Identified):
    """How a biller's closing balance comes about, or what we have to transfer to it: the equation, by CHECK.

    expected = opening + top-ups − sales + adjustments; reported − expected = explained by differences + unexplained.
    """

    called_by = ("biller__code", "business_on")
    biller = models.ForeignKey(Biller, models.PROTECT, related_name="statements", verbose_name=_("biller"))
    business_on = models.DateField(_("business day"))
    run = models.ForeignKey(
        ReconciliationRun, models.PROTECT, related_name="+", verbose_name=_("reconciliation run")
    )
    opening = models.BigIntegerField(_("opening"), null=True)
    topups = models.BigIntegerField(_("top-ups"), null=True)
    sales = models.BigIntegerField(_("sales"))
    adjustments = models.BigIntegerField(_("adjustments"), default=0)
    expected = models.BigIntegerField(_("expected"), null=True)
    reported = models.BigIntegerField(_("reported"), null=True)
    difference = models.BigIntegerField(_("difference"), null=True)
    explained = models.BigIntegerField(_("explained"), default=0)
    unexplained = models.BigIntegerField(_("unexplained"), null=True)
    breakdown = models.JSONField(_("by kind"), default=dict)
    payable = models.BigIntegerField(_("to be transferred"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("deposit statement"), _("deposit statements")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["biller", "business_on"], name="deposit_statement_once"),
            models.CheckConstraint(
                condition=Q(
                    payable__isnull=True, expected=F("opening") + F("topups") - F("sales") + F("adjustments")
                )
                | Q(
                    payable__isnull=False, opening__isnull=True, expected__isnull=True, reported__isnull=True
                ),
                name="deposit_expected_is_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(reported__isnull=True, difference__isnull=True, unexplained__isnull=True)
                | Q(
                    difference=F("reported") - F("expected"),
                    unexplained=F("reported") - F("expected") - F("explained"),
                ),
                name="deposit_difference_is_its_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.business_on}"
