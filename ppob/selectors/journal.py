"""The ledger's day as the company's books take it: debits and credits by account code, and what commissions are taxed."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import AccountKind, TransactionState, TransferKind
from ppob.models import AccountCode, Biller, LedgerDay, SalesDay, TaxRate

# What a kind is called until somebody gives it a code of the company's own.
DEFAULT_CODES: dict[str, tuple[str, str]] = {
    AccountKind.AGENT: ("2110", "Titipan saldo agen"),
    AccountKind.AGENT_RECEIVABLE: ("1130", "Piutang agen"),
    AccountKind.BILLER_DEPOSIT: ("1140", "Deposit di biller"),
    AccountKind.BILLER_PAYABLE: ("2120", "Utang biller"),
    AccountKind.BANK: ("1120", "Bank"),
    AccountKind.INCOME: ("4110", "Pendapatan PPOB"),
    AccountKind.CLEARING: ("1190", "Kliring penjualan"),
    AccountKind.ADJUSTMENT: ("4190", "Selisih rekonsiliasi"),
}
# A fold's entry says again what its deltas said: those alone count for accounts that everybody touches.
_LINES = """
    SELECT t.kind, a.kind, a.biller_id, sum(greatest(l.amount, 0)), sum(greatest(-l.amount, 0))
      FROM (SELECT transfer_id, account_id, amount FROM ppob_entry
             WHERE posted_on = %(day)s AND transfer_id IS NOT NULL
            UNION ALL SELECT transfer_id, account_id, amount FROM ppob_delta WHERE posted_on = %(day)s) AS l
      JOIN ppob_account a ON a.id = l.account_id AND a.asset = 'IDR'
      JOIN ppob_transfer t ON t.id = l.transfer_id
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 NULLS FIRST
"""


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One side of one entry: whole Rupiah in `debit` or in `credit`, never in both."""

    number: str
    day: date
    code: str
    account: str
    biller: str
    description: str
    debit: int | None
    credit: int | None


class Journal(NamedTuple):
    """A ledger day's lines; debits and credits come to the same. `is_closed`: nothing of it changes any more."""

    day: date
    lines: list[JournalLine]
    debits: int
    credits: int
    is_closed: bool


def journal_of(viewer: Employee, day: date) -> Journal:
    """Each kind of transfer with its accounts; nothing for whoever sees no ledger. Four queries, whatever the day holds."""
    if not reaches(viewer, "ppob.view_ledgerday"):
        return Journal(day, [], 0, 0, False)
    names = dict(TransferKind.choices)
    billers = {one.pk: one for one in Biller.objects.all()}
    codes = _codes()
    lines = []
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"day": day})
        rows = cursor.fetchall()
    for transfer, kind, biller_id, debit, credit in rows:
        code, account = codes.get((kind, biller_id)) or codes.get((kind, None)) or DEFAULT_CODES[kind]
        biller = billers.get(biller_id)
        for is_debit, amount in ((True, int(debit)), (False, int(credit))):
            if amount:
                lines.append(
                    JournalLine(
                        number=f"PPOB-{day:%Y%m%d}-{transfer}", day=day, code=code, account=account,
                        biller=biller.code if biller else "", description=str(names.get(transfer, transfer)),
                        debit=amount if is_debit else None, credit=None if is_debit else amount,
                    )
                )  # fmt: skip
    return Journal(
        day,
        lines,
        sum(one.debit or 0 for one in lines),
        sum(one.credit or 0 for one in lines),
        LedgerDay.objects.filter(day=day).exists(),
    )


def _codes() -> dict[tuple[str, int | None], tuple[str, str]]:
    rows = AccountCode.objects.values_list("kind", "biller_id", "code", "name")
    return {(kind, biller): (code, name) for kind, biller, code, name in rows}


class Rate(NamedTuple):
    """Percent of PPN and PPh from a day on, and which part of a commission is their base."""

    from_on: date
    numerator: int
    denominator: int
    ppn: Decimal
    pph: Decimal


# UU 7/2021 (PPN 11% from April 2022) and PMK 131/2024 (12% of 11/12 from 2025); PPh 23 on services 2% (PMK 141/2015).
LAWS = (
    Rate(date(2015, 8, 24), 1, 1, Decimal("10.00"), Decimal("2.00")),
    Rate(date(2022, 4, 1), 1, 1, Decimal("11.00"), Decimal("2.00")),
    Rate(date(2025, 1, 1), 11, 12, Decimal("12.00"), Decimal("2.00")),
)


@dataclass(frozen=True, kw_only=True)
class CommissionLine:
    """A biller's commission under one rate, in whole Rupiah; each tax is rounded down, as tax is paid."""

    biller: Biller
    since: date
    until: date
    sold: int
    commission: int
    base: int
    ppn: int
    pph: int
    rate: Rate

    @property
    def receivable(self) -> int:
        """What the biller pays out: the commission with PPN, less the PPh that it withholds."""
        return self.commission + self.ppn - self.pph


def taxed(commission: int, rate: Rate) -> tuple[int, int, int]:
    """DPP, PPN and PPh of a commission, in whole Rupiah, each rounded down."""
    base = commission * rate.numerator // rate.denominator
    ppn = (Decimal(base) * rate.ppn / 100).to_integral_value(ROUND_DOWN)
    # PPh is of the commission itself: another value for PPN alone.
    pph = (Decimal(commission) * rate.pph / 100).to_integral_value(ROUND_DOWN)
    return base, int(ppn), int(pph)


def rates() -> list[Rate]:
    """The law's and our rows above it, oldest first."""
    known = {one.from_on: one for one in LAWS}
    for row in TaxRate.objects.all():
        known[row.from_on] = Rate(row.from_on, row.base_numerator, row.base_denominator, row.ppn, row.pph)
    return sorted(known.values())


def commissions_of(viewer: Employee, month: date) -> list[CommissionLine]:
    """Each biller's commissions of the month that `month` is in, a line for each rate that held. Two queries a rate."""
    if not reaches(viewer, "ppob.view_salesday"):
        return []
    first = month.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    lines = []
    for since, until, rate in _spans(first, last):
        sums = (
            SalesDay.objects.filter(business_on__range=(since, until), state=TransactionState.SUCCESS)
            .values("biller")
            .annotate(earned=Sum("commission"), sold=Sum("transactions"))
        )
        billers = Biller.objects.in_bulk([row["biller"] for row in sums])
        for row in sums:
            if not row["earned"]:
                continue
            commission = int(row["earned"])
            base, ppn, pph = taxed(commission, rate)
            lines.append(
                CommissionLine(
                    biller=billers[row["biller"]], since=since, until=until, sold=row["sold"], commission=commission, base=base,
                    ppn=ppn, pph=pph, rate=rate,
                )
            )  # fmt: skip
    return sorted(lines, key=lambda one: (one.biller.code, one.since))


def _spans(first: date, last: date) -> list[tuple[date, date, Rate]]:
    """The stretches of the month in which one rate held."""
    known = rates()
    at_start = max((one for one in known if one.from_on <= first), default=known[0])
    spans, since, rate = [], first, at_start
    for one in known:
        if first < one.from_on <= last:
            spans.append((since, one.from_on - timedelta(days=1), rate))
            since, rate = one.from_on, one
    return [*spans, (since, last, rate)]
