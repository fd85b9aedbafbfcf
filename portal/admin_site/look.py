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
    (
        "Beta-app",
        (
            (
                _("Applications"),
                "apps",
                "betaapp.application",
                _("Programs of the stores, and who makes them"),
            ),
            (_("Versions"), "new_releases", "betaapp.version", _("What was built, and which one is stable")),
            (_("Stores' API keys"), "key", "betaapp.storetoken", _("By which stores' computers report")),
        ),
    ),
    (
        _("PPOB: who and what"),
        (
            (_("Agents"), "storefront", "ppob.agent", _("Who sells, at which level, and who may not")),
            (_("Corporates"), "domain", "ppob.corporate", _("Companies whose agents sell on one contract")),
            (_("Agents' devices"), "smartphone", "ppob.agentdevice", _("Phones, blocked when they are lost")),
            (_("Blacklist"), "block", "ppob.blacklist", _("Numbers that may not sell or be sold to")),
            (_("Products"), "sell", "ppob.product", _("Prices, fees, and at which biller each is bought")),
            (
                _("Agent prices"),
                "price_change",
                "ppob.agentprice",
                _("What a level or one agent pays, from which day"),
            ),
            (_("Limits"), "speed", "ppob.limit", _("How much may be sold at once, in a day, in a month")),
            (_("Bills"), "receipt_long", "ppob.bill", _("What billers answered to inquiries")),
        ),
    ),
    (
        _("PPOB: billers and money"),
        (
            (
                _("Billers"),
                "handshake",
                "ppob.biller",
                _("Whom we buy from, when their day ends, whom to call"),
            ),
            (_("Connections"), "cable", "ppob.connection", _("Lines to billers: address, port, time-out")),
            (_("Messages"), "forum", "ppob.message", _("What was said on the lines, waiting and timed out")),
            (
                _("Transactions"),
                "point_of_sale",
                "ppob.transaction",
                _("A sale by its noref, customer or token"),
            ),
            (_("Accounts"), "account_balance_wallet", "ppob.account", _("Balances and their newest entries")),
            (_("Transfers"), "swap_horiz", "ppob.transfer", _("Postings with all their entries")),
            (_("Holds"), "pause_circle", "ppob.hold", _("Money that a sale under way may take")),
            (_("Ledger days"), "event_available", "ppob.ledgerday", _("Days that were proved and closed")),
            (_("Top-ups"), "add_card", "ppob.topup", _("Money for agents and deposits, and where it stands")),
            (_("Virtual accounts"), "tag", "ppob.virtualaccount", _("Bank numbers by which agents top up")),
            (_("Bank statement lines"), "list_alt", "ppob.bankline", _("What the bank says came in")),
            (
                _("SFTP sources"),
                "cloud_download",
                "ppob.sftpsource",
                _("Where settlement files are fetched from"),
            ),
            (
                _("Account codes"),
                "account_tree",
                "ppob.accountcode",
                _("What our accounts are called in the journal"),
            ),
            (_("Tax rates"), "percent", "ppob.taxrate", _("PPN and PPh of commissions, from a day on")),
            (_("Reported balances"), "balance", "ppob.reportedbalance", _("What billers say of our deposit")),
        ),
    ),
    (
        _("PPOB: reconciliation"),
        (
            (_("Billers' days"), "event", "ppob.billerday", _("Business days, and when each was signed")),
            (
                _("Settlement profiles"),
                "rule_settings",
                "ppob.settlementprofile",
                _("How each biller's file is read"),
            ),
            (
                _("Settlement files"),
                "description",
                "ppob.settlementfile",
                _("What billers sent, kept as evidence"),
            ),
            (
                _("Reconciliation runs"),
                "compare_arrows",
                "ppob.reconciliationrun",
                _("What each comparison found"),
            ),
            (
                _("Differences"),
                "difference",
                "ppob.difference",
                _("Where both books differ, and how it ended"),
            ),
            (
                _("Deposit statements"),
                "account_balance_wallet",
                "ppob.depositstatement",
                _("How each closing balance comes about"),
            ),
        ),
    ),
    (
        _("PPOB: the agents' app"),
        (
            (_("Rewards"), "redeem", "ppob.reward", _("What points buy")),
            (
                _("Redemptions"),
                "featured_seasonal_and_gifts",
                "ppob.redemption",
                _("Who gave points for what"),
            ),
            (_("Achievements"), "emoji_events", "ppob.achievement", _("Targets that agents reached")),
            (_("Merchants"), "store", "ppob.merchant", _("Shops that take payments by QR")),
            (_("Contents"), "ad", "ppob.content", _("Banners and verses, from a day to a day")),
            (_("Messages to agents"), "notifications", "ppob.pushmessage", _("What agents are told")),
            (_("App settings"), "tune", "ppob.setting", _("Values that the app reads")),
            (
                _("App releases"),
                "system_update",
                "ppob.apprelease",
                _("Versions, and which must be installed"),
            ),
            (_("PPOB API keys"), "key", "ppob.apiclient", _("Programs that report sales")),
        ),
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
