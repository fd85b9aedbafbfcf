from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """One inbox for a person: on the page, by e-mail."""

    name = "notifications"
    verbose_name = _("Notifications")
