"""What the report, the daily figures, the suspects and the exceptions are taken home as."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exports import Column, ExportSpec
from core.exports.copying import Copied
from core.exports.formula import safe_text
from core.exports.safe_sql import safe_text_sql
from core.templatetags.gerai import zone_name
from ppob.choices import TransactionState
from ppob.models import PerformanceDay, PostingException, Transaction
from ppob.report_papers import write_report
from ppob.selectors.suspects import with_advices, with_sales
from ppob.selectors.transactions import sql_of


def transaction_columns(person: Any) -> tuple[Column, ...]:
    """What the page shows, and the parts of the money; on paper what a page has room for."""
    return (
        Column("occurred_at", _("Transaction time"), "datetime", width=22),
        Column("agent_id", _("User ID"), "identifier", "agent.agent_id"),
        Column("agent", _("Name"), value="agent.name", width=22),
        Column("noref", _("Noref"), "identifier"),
        Column("customer_id", _("Customer id"), "identifier", width=15),
        Column("product", _("Product name"), value="product.name", width=22),
        Column("source_account", _("Source account"), "identifier", "source_masked", width=12),
        Column("biller", _("Biller"), value="biller.name", width=18),
        Column("state", _("Status"), "status", Transaction.get_state_display, width=10),
        Column("serial", _("Serial number or token"), "identifier", width=26, on_paper=False),
        Column("bill", _("Bill"), "rupiah", on_paper=False),
        Column("fine", _("Fine"), "rupiah", on_paper=False),
        Column("biller_fee", _("Biller's admin fee"), "rupiah", on_paper=False),
        Column("counter_fee", _("Counter's admin fee"), "rupiah", on_paper=False),
        Column("total", _("Total"), "rupiah", width=15),
        Column("sheets", _("Sheets"), "int", width=8, on_paper=False),
        Column("commission", _("Biller's commission"), "rupiah", on_paper=False),
        Column("agent_share", _("Agent's share"), "rupiah", on_paper=False),
        Column("net", _("Net to the deposit"), "rupiah", on_paper=False),
        Column("response_code", _("Response code"), "identifier", on_paper=False),
        Column("stan", "STAN", "identifier", on_paper=False),
        Column("milliseconds", _("Milliseconds"), "int", on_paper=False),
        Column("business_on", _("Business day"), "date", on_paper=False),
    )


# Of the sale itself what is written, and what finds the names.
_READ = (
    "id", "occurred_at", "agent_id", "biller_id", "product_id", "noref", "customer_id", "source_account", "state", "serial",
    "bill", "fine", "biller_fee", "counter_fee", "total", "sheets", "commission", "agent_share", "net", "response_code",
    "stan", "milliseconds", "business_on",
)  # fmt: skip
_SQL = {
    "agent_id": safe_text_sql("agent.agent_id"),
    "agent": safe_text_sql("agent.name"),
    "product": safe_text_sql("product.name"),
    "biller": safe_text_sql("biller.name"),
    **{
        name: safe_text_sql(f"sale.{name}")
        for name in ("noref", "customer_id", "serial", "response_code", "stan")
    },
    # Signs that begin nothing stand before the four that are told.
    "source_account": "CASE WHEN sale.source_account = '' THEN '' WHEN length(sale.source_account) > 4"
    " THEN '••••' || right(sale.source_account, 4) ELSE '••••' END",
}


def copy_transactions(asked: Any) -> Copied:
    """The same rows in the same order as the page's: plain joins, so that the planner follows the key and sorts nothing."""
    way = "DESC" if asked.state.order.descending else "ASC"
    inner, params = sql_of(asked.queryset.order_by().values_list(*_READ))
    told = {**_SQL, "occurred_at": _moment(), "state": _state()}
    shown = ", ".join(told.get(column.name, f"sale.{column.name}") for column in asked.columns)
    sql = f"""
        SELECT {shown} FROM ({inner}) AS sale ({", ".join(_READ)})
        JOIN ppob_agent agent ON agent.id = sale.agent_id JOIN ppob_product product ON product.id = sale.product_id
        JOIN ppob_biller biller ON biller.id = sale.biller_id ORDER BY sale.occurred_at {way}, sale.id {way}
    """  # noqa: S608  Django's text and ours
    return Copied(sql, params)


def _moment() -> str:
    """As `csv_writer` writes one. The zones of Indonesia know no summer time: one name for all."""
    now = timezone.localtime()
    zone = timezone.get_current_timezone_name()
    return f"to_char(sale.occurred_at AT TIME ZONE '{zone}', 'YYYY-MM-DD HH24:MI:SS') || ' {zone_name(now)}'"


def _state() -> str:
    labels = (
        (state.value, safe_text(state.label).replace("'", "''").replace("%", "%%"))
        for state in TransactionState
    )
    return "CASE sale.state " + " ".join(f"WHEN '{state}' THEN '{label}'" for state, label in labels) + " END"


TRANSACTIONS = ExportSpec(
    name="ppob.transaction",
    title=_("Transaction report"),
    permission="ppob.export_transaction",
    columns=transaction_columns,
    copy=copy_transactions,
    paper=write_report,
    paper_cuts=True,
)


def performance_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("business_on", _("Business day"), "date"),
        Column("biller", _("Biller"), value="biller.name", width=20),
        Column("code", _("Product code"), "identifier", "product.code", on_paper=False),
        Column("product", _("Product"), value="product.name", width=26),
        Column("transactions", _("Transactions"), "int"),
        Column("succeeded", _("Successful"), "int"),
        Column("failed", _("Failed"), "int"),
        Column("undecided", _("Undecided"), "int"),
        Column("reversed", _("Reversed"), "int"),
        Column("success_rate", _("Successful (%)"), "decimal", _rate, width=10),
        Column("mean_ms", _("Mean response (ms)"), "int", width=11),
        Column("p95_ms", _("95th percentile (ms)"), "int", width=11),
    )


def recap_columns(person: Any) -> tuple[Column, ...]:
    """The biller's own figures come with its file; until then the columns stand empty."""
    return (
        Column("business_on", _("Business day"), "date"),
        Column("biller", _("Biller"), value="biller.name", width=20),
        Column("code", _("Product code"), "identifier", "product.code", on_paper=False),
        Column("product", _("Product"), value="product.name", width=26),
        Column("succeeded", _("Sold"), "int"),
        Column("sheets", _("Sheets"), "int", on_paper=False),
        Column("total", _("Value"), "rupiah"),
        Column("net", _("Net to the deposit"), "rupiah"),
        Column("income", _("Our income"), "rupiah"),
        Column("biller_sold", _("Sold, by the biller"), "int", _unknown),
        Column("biller_net", _("Net, by the biller"), "rupiah", _unknown),
    )


def suspect_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("occurred_at", _("Transaction time"), "datetime", width=22),
        Column("agent_id", _("User ID"), "identifier", "agent.agent_id"),
        Column("agent", _("Name"), value="agent.name", width=22),
        Column("noref", _("Noref"), "identifier"),
        Column("customer_id", _("Customer id"), "identifier", width=15),
        Column("product", _("Product name"), value="product.name", width=22),
        Column("biller", _("Biller"), value="biller.name", width=18),
        Column("total", _("Total"), "rupiah", width=15),
        Column("asked", _("Advice asked"), "int", lambda sale: len(sale.advices), width=9),
        Column(
            "asked_at",
            _("Last asked"),
            "datetime",
            lambda sale: sale.advices[0].asked_at if sale.advices else None,
        ),
    )


def exception_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("created_at", _("Found"), "datetime", width=22),
        Column("agent_id", _("User ID"), "identifier", "agent.agent_id"),
        Column("agent", _("Name"), value="agent.name", width=22),
        Column("reason", _("Reason"), "status", PostingException.get_reason_display, width=22),
        Column("noref", _("Noref"), "identifier", "sale.noref"),
        Column("amount", _("Amount"), "rupiah", width=15),
        Column("closed_at", _("Closed"), "datetime", width=22),
        Column("closed_by", _("Closed by"), value="closed_by.name", width=20),
        Column("note", _("Note"), width=30),
    )


def _rate(day: PerformanceDay) -> float | None:
    return None if day.success_rate is None else round(day.success_rate, 1)


def _unknown(day: PerformanceDay) -> None:
    return None


PERFORMANCE = ExportSpec(
    name="ppob.performance",
    title=_("Daily performance"),
    permission="ppob.export_salesday",
    columns=performance_columns,
)
RECAP = ExportSpec(
    name="ppob.recap", title=_("Products sold"), permission="ppob.export_salesday", columns=recap_columns
)
SUSPECTS = ExportSpec(
    name="ppob.suspect",
    title=_("Suspect queue"),
    permission="ppob.export_transaction",
    columns=suspect_columns,
    tell=with_advices,
)
EXCEPTIONS = ExportSpec(
    name="ppob.postingexception",
    title=_("Posting exceptions"),
    permission="ppob.export_transaction",
    columns=exception_columns,
    tell=with_sales,
)
