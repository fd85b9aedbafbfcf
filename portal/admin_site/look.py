"""What unfold is told: our mark, the demo's label, and a menu of what the person may open. Colours: static/css/admin.css."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

# (section, ((label, icon of Material Symbols, model as app.model, what it is for), …))
SECTIONS = (
    (
        _("Places"),
        (
            (
                _("Branches"),
                "warehouse",
                "organization.branch",
                _("Distribution centres and head office, with their time zones"),
            ),
            (
                _("Stores"),
                "storefront",
                "organization.store",
                _("Position, opening, and the branch that serves each on which days"),
            ),
        ),
    ),
    (
        _("People"),
        (
            (_("Employees"), "badge", "organization.employee", _("Accounts, places of work, PINs and locks")),
            (
                _("Roles with scope"),
                "verified_user",
                "organization.rolegrant",
                _("Who may do what, where, and from when until when"),
            ),
            (_("Roles"), "groups", "auth.group", _("What each role may do")),
            (
                _("Divisions"),
                "account_tree",
                "organization.division",
                _("Head office and whose machines are whose"),
            ),
            (_("Departments"), "lan", "organization.department", _("Who is asked about what")),
        ),
    ),
    (
        _("Operation"),
        (
            (_("API keys"), "key", "organization.apitoken", _("Which programs read, and as whom")),
            (
                _("Outbox messages"),
                "outbox",
                "core.outboxmessage",
                _("What is on its way, and what was given up"),
            ),
        ),
    ),
    (
        _("Monitoring"),
        ((_("Machines"), "dns", "monitoring.machine", _("How each server is read, and who looks after it")),),
    ),
)
SEEN_BY = {"auth.group": "organization.view_rolegrant"}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side menu; a section without a permitted line is not shown."""
    portal = {
        "title": _("Back to the portal"),
        "icon": "arrow_back",
        "link": reverse("home"),
        "active": False,
    }
    groups: list[dict[str, Any]] = [{"items": [portal]}]
    for title, lines in SECTIONS:
        items = [
            {"title": label, "icon": icon, "link": link, "purpose": purpose}
            for label, icon, model, purpose in lines
            if request.user.has_perm(_permission(model)) and (link := _changelist(model))
        ]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def environment(request: HttpRequest) -> list[str] | None:
    return [str(_("Demo")), "warning"] if settings.DEMO else None


def _permission(model: str) -> str:
    app, name = model.split(".")
    return SEEN_BY.get(model, f"{app}.view_{name}")


def _changelist(model: str) -> str:
    """The list's address, or "" while the app's admin is not there."""
    try:
        return reverse(f"admin:{model.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return ""


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Gerai",
    "SITE_HEADER": "Gerai",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_URL": reverse_lazy("home"),
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}
    ],
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": environment,
    "ACCOUNT": {
        "navigation": [
            {"title": lambda request: str(_("Change PIN")), "link": lambda request: reverse("login:new-pin")}
        ]
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": navigation},
}
