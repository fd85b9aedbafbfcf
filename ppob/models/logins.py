from django.utils.translation import gettext_lazy as _

from organization.models import RoleGrant


class Login(RoleGrant):
    """An account of the back office: a PPOB role that an employee holds (ppob_user). The grant itself is organization's."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("back-office login"), _("back-office logins")
        default_permissions = ("view", "add", "change")
