from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """Something that must happen once, written in the transaction of the change that asks for it.

    The broker only hints that it is there. (kind, key) is unique, so that asking twice is asking once.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=120)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    dead_at = models.DateTimeField(_("given up"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("outbox message"), _("outbox messages")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dead_at__isnull=True), name="outbox_done_or_dead"
            ),
        ]
        indexes = [
            # The sweeper's question, and the nightly pruning's.
            models.Index(
                "due_at", name="outbox_open", condition=Q(done_at__isnull=True, dead_at__isnull=True)
            ),
            models.Index("done_at", name="outbox_done", condition=Q(done_at__isnull=False)),
            models.Index("dead_at", name="outbox_dead", condition=Q(dead_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
