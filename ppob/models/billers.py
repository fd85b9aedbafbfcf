"""Whom we buy from: billers, the lines to them, what was said on those lines, and what they say our deposit is."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.choices import TimeZone
from ppob.choices import AlarmKind, ConnectionStatus, MessageDirection, MessageState, Settlement


class Biller(Identified):
    """A company that delivers what agents sell. Its day ends at its own cut-off, in its own zone."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    settlement = models.CharField(
        _("settlement"), max_length=10, choices=Settlement, default=Settlement.PREFUNDED
    )
    time_zone = models.CharField(_("time zone"), max_length=20, choices=TimeZone, default=TimeZone.WIB)
    # Minutes after midnight at which its business day begins: 0 for a calendar day, 720 for one that closes at 12:00.
    cut_off_minute = models.PositiveSmallIntegerField(
        _("cut-off (minutes after midnight)"),
        default=0,
        validators=[MaxValueValidator(1439)],
        help_text=_(
            "0: its day is the calendar day. 720: day D runs from 12:00 of the day before to 11:59 of D."
        ),
    )
    quiet_from = models.TimeField(_("service window from"), null=True, blank=True)
    quiet_until = models.TimeField(_("service window until"), null=True, blank=True)
    low_balance = models.BigIntegerField(
        _("warn below"), default=0, validators=[MinValueValidator(0)], help_text=_("Rupiah of book balance.")
    )
    difference_limit = models.BigIntegerField(
        _("warn at a difference above"),
        default=100_000,
        validators=[MinValueValidator(0)],
        help_text=_("Rupiah between our book and the biller's own figure."),
    )
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("contact's phone"), max_length=20, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("biller"), _("billers")
        ordering = ("code",)
        permissions = [("export_biller", _("Can export biller balances"))]
        constraints = [
            models.CheckConstraint(condition=Q(cut_off_minute__lt=1440), name="biller_cut_off_within_a_day"),
            models.CheckConstraint(condition=Q(time_zone__in=TimeZone.values), name="biller_time_zone_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_prefunded(self) -> bool:
        return self.settlement == Settlement.PREFUNDED


class Connection(Identified):
    """One line to a biller (socketconn): where it leads, when it last answered, and its STAN sequence (stanmanage)."""

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="connections", verbose_name=_("biller"))
    code = models.CharField(_("code"), max_length=20, unique=True)
    address = models.CharField(_("address"), max_length=120)
    port = models.PositiveIntegerField(_("port"), validators=[MinValueValidator(1), MaxValueValidator(65535)])
    status = models.CharField(
        _("status"), max_length=8, choices=ConnectionStatus, default=ConnectionStatus.OFF
    )
    last_echo_at = models.DateTimeField(_("last echo"), null=True, blank=True)
    timeout_s = models.PositiveSmallIntegerField(
        _("time-out (s)"), default=45, validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    last_stan = models.PositiveIntegerField(_("last STAN"), default=0, validators=[MaxValueValidator(999999)])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("connection"), _("connections")
        ordering = ("code",)
        permissions = [("export_connection", _("Can export connections"))]
        indexes = [models.Index(fields=["biller", "code"], name="connection_biller")]
        constraints = [
            models.CheckConstraint(condition=Q(port__range=(1, 65535)), name="connection_port_valid"),
            models.CheckConstraint(condition=Q(last_stan__range=(0, 999999)), name="connection_stan_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.address}:{self.port}"


class Message(models.Model):
    """What was said on a line (messagein, messageout, tempmsg, timeoutresp). Monthly partitions by `at`; card numbers
    and PINs are masked before they are written."""

    id = models.BigAutoField(primary_key=True)  # unique with `at` in the database, as partitions want it
    at = models.DateTimeField(_("time"))
    connection = models.ForeignKey(
        Connection, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    direction = models.CharField(_("direction"), max_length=3, choices=MessageDirection)
    state = models.CharField(_("state"), max_length=10, choices=MessageState)
    mti = models.CharField("MTI", max_length=4)
    stan = models.CharField("STAN", max_length=12)
    transaction_id = models.BigIntegerField(null=True)
    response_code = models.CharField(_("response code"), max_length=8)
    body = models.TextField(_("message"))
    milliseconds = models.IntegerField(_("milliseconds"), null=True)

    class Meta:
        managed = False
        db_table = "ppob_message"
        default_permissions = ("view",)
        verbose_name, verbose_name_plural = _("message"), _("messages")

    def __str__(self) -> str:
        return f"{self.mti} {self.stan}"


class ReportedBalance(models.Model):
    """What a biller said our deposit was at a moment: by its API, its file, or typed in by a person.

    `book` is what our own book said at that same moment, counted once: a difference compares like with like.
    """

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="reported", verbose_name=_("biller"))
    at = models.DateTimeField(_("as of"))
    amount = models.BigIntegerField(_("reported balance"))
    source = models.CharField(_("source"), max_length=20)
    book = models.BigIntegerField(_("book balance"), null=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("reported balance"), _("reported balances")
        indexes = [
            models.Index(fields=["biller", "-at", "-id"], name="reported_newest"),
            models.Index(fields=["id"], name="reported_uncompared", condition=Q(book__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.at:%Y-%m-%d %H:%M}"

    @property
    def difference(self) -> int | None:
        """Positive: the biller says more than our book."""
        return None if self.book is None else self.amount - self.book


class BookBalance(models.Model):
    """Our book's balance at a biller every five minutes, for the graph."""

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="booked", verbose_name=_("biller"))
    at = models.DateTimeField(_("time"))
    amount = models.BigIntegerField(_("book balance"))

    class Meta:
        verbose_name, verbose_name_plural = _("book balance"), _("book balances")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["biller", "at"], name="book_balance_once")]
        indexes = [models.Index(fields=["at"], name="book_balance_age")]


class BalanceAlarm(models.Model):
    """Why people were told of a biller's balance, from when to when. One that is open is told once."""

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="alarms", verbose_name=_("biller"))
    kind = models.CharField(_("kind"), max_length=10, choices=AlarmKind)
    amount = models.BigIntegerField(_("amount"))  # the balance, or the difference, that raised it
    raised_at = models.DateTimeField(_("raised"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("balance alarm"), _("balance alarms")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["biller", "kind"], condition=Q(ended_at__isnull=True), name="balance_alarm_one_open"
            ),
        ]
