"""What can be done in the back office, a module a noun. Doors check the permission; these hold the rules, the transaction
and the entry."""

from ppob.services.advices import ask_advice
from ppob.services.agent_status import activate_agent, block_agent, equip_agents
from ppob.services.agents import add_agent, change_agent, close_agent
from ppob.services.api_clients import make_api_client, renew_secret
from ppob.services.balances import record_reported
from ppob.services.connections import add_connection, change_connection, switch_off_connection
from ppob.services.devices import block_device, unblock_device
from ppob.services.ktp import show_ktp
from ppob.services.logins import add_login, change_login, end_login
from ppob.services.posting_exceptions import close_exception
from ppob.services.products import add_product, change_product, withdraw_product
from ppob.services.reconciliation import (
    approve_adjustment,
    assign_differences,
    close_difference,
    confirm_suggestion,
    dispute_difference,
    explain_differences,
    note_difference,
    prepare_clean_days,
    prepare_day,
    propose_adjustment,
    save_profile,
    sign_clean_days,
    sign_day,
    withdraw_adjustment,
)
from ppob.services.redemptions import (
    approve_redemption,
    ask_redemption,
    hand_over_reward,
    refuse_redemption,
)
from ppob.services.reports import change_report, delete_report, save_report
from ppob.services.switching import activate, deactivate
from ppob.services.topups import (
    add_topup,
    cancel_topup,
    match_topups,
    pick_line,
    post_matched,
    post_topup,
    release_line,
)

__all__ = [
    "activate",
    "activate_agent",
    "add_agent",
    "add_connection",
    "add_login",
    "add_product",
    "add_topup",
    "approve_adjustment",
    "approve_redemption",
    "ask_advice",
    "ask_redemption",
    "assign_differences",
    "block_agent",
    "block_device",
    "cancel_topup",
    "change_agent",
    "change_connection",
    "change_login",
    "change_product",
    "change_report",
    "close_agent",
    "close_difference",
    "close_exception",
    "confirm_suggestion",
    "deactivate",
    "delete_report",
    "dispute_difference",
    "end_login",
    "equip_agents",
    "explain_differences",
    "hand_over_reward",
    "make_api_client",
    "match_topups",
    "note_difference",
    "pick_line",
    "post_matched",
    "post_topup",
    "prepare_clean_days",
    "prepare_day",
    "propose_adjustment",
    "record_reported",
    "refuse_redemption",
    "release_line",
    "renew_secret",
    "save_profile",
    "save_report",
    "show_ktp",
    "sign_clean_days",
    "sign_day",
    "switch_off_connection",
    "unblock_device",
    "withdraw_adjustment",
    "withdraw_product",
]
