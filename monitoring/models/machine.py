from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from monitoring.choices import MachineKind, OperatingSystem, Status, TransportKind
from organization.models import Division


class Machine(Identified):
    """A server that the portal reads. Nothing is installed on it."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    purpose = models.CharField(_("use"), max_length=120, blank=True)
    note = models.TextField(_("note"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=MachineKind, default=MachineKind.APPLICATION)
    operating_system = models.CharField(
        _("operating system"), max_length=8, choices=OperatingSystem, default=OperatingSystem.LINUX
    )
    transport = models.CharField(_("read by"), max_length=10, choices=TransportKind)
    address = models.CharField(_("address"), max_length=120, blank=True)
    port = models.PositiveIntegerField(
        _("port"), default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    hypervisor = models.CharField(_("Hyper-V host"), max_length=60, blank=True)
    divisions = models.ManyToManyField(
        Division, related_name="machines", blank=True, verbose_name=_("divisions")
    )
    pics = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="machines_as_pic", blank=True, verbose_name=_("PICs")
    )
    shard = models.PositiveSmallIntegerField(_("shard"), default=0)
    interval_s = models.PositiveSmallIntegerField(
        _("interval (s)"), default=15, validators=[MinValueValidator(5), MaxValueValidator(3600)]
    )
    is_enabled = models.BooleanField(_("polled"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("machine"), _("machines")
        ordering = ("name",)
        permissions = [
            ("load_machine", _("Can load this machine for a minute")),
            ("export_machine", _("Can export machines")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["transport"], condition=Q(transport=TransportKind.LOCAL), name="one_local_machine"
            ),
            models.CheckConstraint(condition=Q(interval_s__range=(5, 3600)), name="machine_interval_sane"),
            models.CheckConstraint(
                condition=~Q(transport=TransportKind.SSH) | ~Q(address=""),
                name="machine_by_ssh_has_an_address",
            ),
        ]
        indexes = [models.Index("shard", "id", name="machine_shard", condition=Q(is_enabled=True))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_simulated(self) -> bool:
        return self.transport == TransportKind.SIMULATED


class MachineFacts(models.Model):
    """What seldom changes: read when the connection is made and once an hour."""

    machine = models.OneToOneField(Machine, models.CASCADE, primary_key=True, related_name="facts")
    hostname = models.CharField(_("host name"), max_length=120, blank=True)
    system = models.CharField(_("system"), max_length=120, blank=True)
    kernel = models.CharField(_("kernel"), max_length=120, blank=True)
    processor = models.CharField(_("processor"), max_length=120, blank=True)
    cores = models.PositiveSmallIntegerField(_("cores"), null=True)
    memory_bytes = models.BigIntegerField(_("memory"), null=True)
    swap_bytes = models.BigIntegerField(_("swap"), null=True)
    boot_id = models.CharField(_("boot id"), max_length=64, blank=True)
    booted_at = models.DateTimeField(_("started"), null=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name, verbose_name_plural = _("facts of a machine"), _("facts of machines")

    def __str__(self) -> str:
        return self.hostname


class MachineState(models.Model):
    """One row a machine: all that home and list show, so that neither touches the samples."""

    machine = models.OneToOneField(Machine, models.CASCADE, primary_key=True, related_name="state")
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NO_DATA)
    severity = models.PositiveSmallIntegerField(_("severity"), default=0)
    since = models.DateTimeField(_("since"))
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    sampled_at = models.DateTimeField(_("last sample"), null=True)
    values = models.JSONField(_("values"), default=dict, blank=True)
    disks = models.JSONField(_("disks"), default=list, blank=True)
    top_processes = models.JSONField(_("top processes"), default=list, blank=True)
    sparkline = ArrayField(
        models.SmallIntegerField(null=True), verbose_name=_("sparkline"), default=list, blank=True
    )
    failure = models.CharField(_("failure"), max_length=200, blank=True)
    failures_in_a_row = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("state of a machine"), _("states of machines")
        indexes = [models.Index(models.F("severity").desc(), "machine", name="machine_state_worst_first")]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.status}"


class ShardLease(models.Model):
    """Which worker polls a shard. `fence` grows with every change of hands: a late writer is refused by it."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    holder = models.CharField(max_length=80)
    fence = models.BigIntegerField(default=1)
    held_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shard} {self.holder}"
