"""Who may write the ledger: nobody but its functions, which belong to gerai_ledger. With one database role for all,
nothing is withdrawn, and the guards of the tables are what is left."""

from typing import Any

from django.conf import settings

from core.append_only import is_separate_role

LEDGER_ROLE = "gerai_ledger"
# What the functions alone write.
TABLES = (
    "ppob_account",
    "ppob_transfer",
    "ppob_entry",
    "ppob_delta",
    "ppob_fold",
    "ppob_hold",
    "ppob_limit_usage",
    "ppob_ledger_day",
    "ppob_transaction",
    "ppob_transaction_key",
    "ppob_transaction_event",
    "ppob_posting_exception",
)
UPDATED = (
    "ppob_account",
    "ppob_hold",
    "ppob_limit_usage",
    "ppob_transaction",
)
READ = ("ppob_agent", "ppob_biller", "ppob_billerday")
# Of an account the application opens the row and sets floor and caps; it never touches a balance.
OPENED = (
    "uuid", "code", "kind", "asset", "agent_id", "biller_id", "sign", "is_shared", "balance", "held", "min_balance",
    "version", "folded_through", "item_cap", "day_cap", "month_cap",
)  # fmt: skip
# What the application may call; the other functions are steps of these, and a step alone breaks what they promise.
VERBS = (
    "ppob_post",
    "ppob_move",
    "ppob_hold",
    "ppob_release",
    "ppob_capture",
    "ppob_reverse",
    "ppob_report",
    "ppob_settle",
    "ppob_fold",
    "ppob_close_day",
    "ppob_day_digest",
    "ppob_receive_money",
    "ppob_receive_points",
    "ppob_take_money",
    "ppob_give_back_money",
    "ppob_take_points",
    "ppob_take_deposit",
    "ppob_give_back_deposit",
    "ppob_check_id",
    # Arithmetic, which the guard of a biller's day does with the application's rights.
    "ppob_biller_day_number",
)
SET_BY_PEOPLE = ("min_balance", "item_cap", "day_cap", "month_cap")


def hand_over(cursor: Any) -> None:
    """Give the ledger's functions to their role and the tables' rights to the functions. As the owner; idempotent."""
    if not is_separate_role():
        return
    app = settings.DATABASES["default"]["USER"]
    for table in TABLES:
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{app}"')
        cursor.execute(f'GRANT SELECT, INSERT ON "{table}" TO {LEDGER_ROLE}')
    for table in UPDATED:
        cursor.execute(f'GRANT UPDATE ON "{table}" TO {LEDGER_ROLE}')
    for table in READ:
        cursor.execute(f'GRANT SELECT ON "{table}" TO {LEDGER_ROLE}')
    cursor.execute(
        f'GRANT INSERT ({", ".join(OPENED)}), UPDATE ({", ".join(SET_BY_PEOPLE)}) ON ppob_account TO "{app}"'
    )
    cursor.execute(f'GRANT UPDATE (closed_at, closed_by_id, note) ON ppob_posting_exception TO "{app}"')
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {LEDGER_ROLE}")
    cursor.execute(
        "SELECT oid::regprocedure::text, proname FROM pg_proc"
        " WHERE proname LIKE 'ppob\\_%%' AND prokind = 'f' AND pronamespace = 'public'::regnamespace"
    )
    for function, name in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {function} OWNER TO {LEDGER_ROLE}")
        cursor.execute(f'REVOKE ALL ON FUNCTION {function} FROM PUBLIC, "{app}"')
        if name in VERBS:
            cursor.execute(f'GRANT EXECUTE ON FUNCTION {function} TO "{app}"')
