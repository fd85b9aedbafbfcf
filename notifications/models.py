from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, kind_of
from notifications.wording import worded


class Notification(models.Model):
    """Something that one person should know. Kept as words to be translated, so that each reads it in their language."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("person"),
        db_index=False,  # each index below begins with the person
    )
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    params = models.JSONField(_("parameters"), default=dict)
    url = models.CharField(_("address"), max_length=300, blank=True)
    # Names what happened: told again, nobody hears it twice.
    key = models.CharField(_("key"), max_length=120)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notification"), _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notification_once"),
            models.CheckConstraint(condition=~Q(title=""), name="notification_says_something"),
        ]
        indexes = [
            # The inbox; its unread ones and the bell's count; the nightly removal.
            models.Index("person", "created_at", "id", name="notification_inbox"),
            models.Index(
                "person", "created_at", "id", name="notification_unread", condition=Q(read_at__isnull=True)
            ),
            models.Index("read_at", name="notification_read", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The sentence, in the language that is active."""
        return worded(self.title, self.params)

    @property
    def told(self) -> Kind:
        return kind_of(self.kind)

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Preference(models.Model):
    """Whether a person wants e-mail about a group of kinds; without a row the group's default holds."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("person"),
        db_index=False,  # the constraint's index begins with the person
    )
    group = models.CharField(_("group"), max_length=40)
    by_mail = models.BooleanField(_("by e-mail"))

    class Meta:
        verbose_name, verbose_name_plural = _("notification preference"), _("notification preferences")
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.by_mail}"
