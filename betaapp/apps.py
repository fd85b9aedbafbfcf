from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from organization.choices import Role

_CATALOGUE = tuple(
    f"{act}_{model}" for model in ("application", "version") for act in ("view", "add", "change")
)
_READ = ("view_application", "view_version", "view_betaprogram", "view_installedversion", "view_feedback")
_EXPORTS = ("export_betaprogram", "export_installedversion", "export_feedback")


class BetaappConfig(AppConfig):
    """Which versions run where, and what stores think of them."""

    name = "betaapp"
    verbose_name = "Beta-app"

    role_permissions = {
        Role.BETA_MANAGER: (
            *_CATALOGUE,
            *_READ,
            *_EXPORTS,
            "change_feedback",
            "add_betaprogram",
            "change_betaprogram",
            "enroll_store",
            "decide_betaprogram",
        ),
        Role.ADMINISTRATOR: (
            *_CATALOGUE,
            *_READ,
            *_EXPORTS,
            "view_storetoken",
            "add_storetoken",
            "change_storetoken",
        ),
        Role.MANAGER: (*_READ, *_EXPORTS, "decide_betaprogram"),
        Role.RESPONSIBLE_STAFF: (*_READ, "change_feedback"),
        Role.DEPARTMENT_PIC: _READ,
        Role.COORDINATOR: ("view_installedversion", "confirm_installedversion"),
        Role.ASSISTANT_COORDINATOR: ("view_installedversion", "confirm_installedversion"),
        Role.STORE_SUPPORT: ("view_installedversion", "confirm_installedversion"),
        Role.AUDITOR: (*_READ, *_EXPORTS),
    }
    audit_acts = {
        "beta.made": _("Beta programme made"),
        "beta.changed": _("Beta programme changed"),
        "beta.application_added": _("Application added to the programme"),
        "beta.application_removed": _("Application taken out of the programme"),
        "beta.started": _("Beta programme started"),
        "beta.ended": _("Beta programme ended"),
        "beta.store_added": _("Joined a beta programme"),
        "beta.store_removed": _("Left a beta programme"),
        "beta.promoted": _("Version made stable"),
        "beta.stopped": _("Version stopped"),
        "beta.version_confirmed": _("Version confirmed on the spot"),
        "beta.token_made": _("API key of the store made"),
        "beta.token_revoked": _("API key of the store revoked"),
        "beta.problem_opened": _("Problem opened from feedback"),
    }
    audit_labels = {
        "beta_program": _("beta programme"),
        "application": _("application"),
        "version": _("version"),
        "stable_version": _("stable version"),
        "computer": _("computer"),
    }
