"""One item of each kind of call: its fields, and what must hold between them."""

import re
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from ppob.api.fields import Field, Lines, Moment, OneOf, Text, Unfit, Whole, read
from ppob.choices import LARGEST, ConnectionStatus, MessageDirection, MessageState, TransactionState
from ppob.services.reporting import Stated
from ppob.services.sales import Sale

_KEY = re.compile(r"[A-Za-z0-9._~-]{1,80}")
_CODE = Text(20, shortest=1)


def _money(note: str = "") -> Whole:
    return Whole(0, LARGEST, default=0, note=note)


HOLD_KEY = Text(80, shortest=1, pattern=_KEY, note="The core's own name of the hold.")
SALE: dict[str, Field] = {
    "noref": Text(20, shortest=1, note="Text: leading zeros count. One sale of a biller's business day."),
    "biller": _CODE,
    "agent": Text(15, shortest=1, note="The agent id, a phone number."),
    "product": _CODE,
    "customer_id": Text(30, shortest=1),
    "occurred_at": Moment(note="With its zone; at most 92 days ago."),
    "state": OneOf(tuple(TransactionState.values), note="It only moves forward."),
    "bill": Whole(0, LARGEST, note="Whole Rupiah, as all amounts."),
    "fine": _money(),
    "biller_fee": _money("The biller's admin fee."),
    "counter_fee": _money("The counter's admin fee."),
    "sheets": Whole(1, 32_767, default=1),
    "commission": _money("What the biller leaves us of the bill."),
    "agent_share": _money(),
    "points": Whole(0, 1_000_000_000, default=0),
    "source_account": Text(30, default=""),
    "response_code": Text(8, default=""),
    "stan": Text(12, default=""),
    "serial": Text(60, default="", note="Serial number or token."),
    "milliseconds": Whole(0, 3_600_000, default=None),
    "hold": Text(80, shortest=1, pattern=_KEY, default=None, note="The key of a hold, which this sale uses."),
}
HOLD: dict[str, Field] = {
    "key": HOLD_KEY,
    "agent": Text(15, shortest=1),
    "amount": Whole(1, LARGEST),
    "expires_in": Whole(10, 86_400, default=900, note="Seconds; then it is released by itself."),
}
BALANCE: dict[str, Field] = {
    "biller": _CODE,
    "amount": Whole(-LARGEST, LARGEST, note="What the biller says our deposit is, in whole Rupiah."),
    "at": Moment(),
}
ECHO: dict[str, Field] = {
    "connection": _CODE,
    "status": OneOf(tuple(ConnectionStatus.values)),
    "at": Moment(note="When the line answered last, or was found down."),
}
MESSAGE: dict[str, Field] = {
    "connection": _CODE,
    "at": Moment(back=timedelta(days=1)),
    "direction": OneOf(tuple(MessageDirection.values)),
    "state": OneOf(tuple(MessageState.values)),
    "mti": Text(4, default=""),
    "stan": Text(12, default=""),
    "transaction": Whole(1, 2**63 - 1, default=None, note="As the answer to a sale names it."),
    "response_code": Text(8, default=""),
    "body": Lines(8_000, note="Card numbers, PINs and passwords are masked before it is written."),
    "milliseconds": Whole(0, 3_600_000, default=None),
}


def stated_sale(raw: Any) -> Stated:
    """A sale as it is stated, whose parts make sense together. Raises Unfit."""
    found = read(SALE, raw)
    hold = found.pop("hold")
    sale = Sale(**found)
    total = sale.bill + sale.fine + sale.biller_fee + sale.counter_fee
    net = sale.bill + sale.fine + sale.biller_fee - sale.commission
    if not 1 <= total <= LARGEST:
        raise Unfit("range", _("The parts must come to something, and to 10^15 at the most."), "bill")
    if not 1 <= net <= LARGEST:
        raise Unfit("range", _("The commission takes all that the biller gets."), "commission")
    if sale.agent_share >= total:
        raise Unfit("range", _("The agent's share takes all that the customer pays."), "agent_share")
    return Stated(sale, hold)
