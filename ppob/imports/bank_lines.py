"""The bank's statement: lines that are there already are recognised, new ones are kept and matched with top-ups."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.imports.columns import Column, Day, Identifier, field_of
from core.imports.exceptions import CellRefused
from core.imports.kinds import KEYS_AT_ONCE, ImportKind, Line, register
from ppob.choices import LARGEST
from ppob.models import BankLine
from ppob.services.topups import match_topups

_GROUPED = re.compile(r"-?\d{1,3}(\.\d{3})+(,0{1,2})?|-?\d{1,3}(,\d{3})+(\.0{1,2})?|-?\d+([.,]0{1,2})?")


class Rupiah(Column):
    """Whole Rupiah with their sign: 1250000, 1.250.000, Rp 1.250.000,00 and 1,250,000.00 are the same."""

    is_text = False

    def parse(self, cell: Any) -> int:
        if isinstance(cell, bool):
            raise CellRefused(_now("Whole Rupiah are needed here, such as 1.250.000 or -5.000.000."))
        if isinstance(cell, int | float):
            if cell != cell or cell in (float("inf"), float("-inf")) or cell != int(cell):
                raise CellRefused(_now("Rupiah without a fraction are needed here."))
            amount = int(cell)
        else:
            amount = self._read(str(cell))
        if not amount or abs(amount) > LARGEST:
            raise CellRefused(
                _now("An amount from 1 to 10^15 Rupiah is needed here, with a minus for money that left.")
            )
        return amount

    def _read(self, text: str) -> int:
        digits = re.sub(r"\A(-?)\s*(?:rp|idr)\.?\s*", r"\1", text.strip().replace("\u2212", "-"), flags=re.I)
        if len(digits) > 30 or not digits.isascii() or not _GROUPED.fullmatch(digits):
            raise CellRefused(_now("Whole Rupiah are needed here, such as 1.250.000 or -5.000.000."))
        whole = re.sub(r"[.,]0{1,2}\Z", "", digits)
        return int(re.sub(r"[.,]", "", whole))

    def empty(self) -> None:
        return None

    def write(self, value: Any) -> Any:
        return value


@register
class BankLineImport(ImportKind):
    """A line is known by bank, day, reference and amount together; what is known is left as it was."""

    name = "ppob.bankline"
    model = BankLine
    key = "reference"
    key_with = ("bank", "booked_on", "amount")
    columns = (
        Column(
            name="bank", label=_("Bank"), required=True, model_field=field_of(BankLine, "bank"),
            example="BCA", help=_("The same name in every file of this bank."),
        ),
        Day(name="booked_on", label=_("Booked"), required=True, example="2026-09-30"),
        Identifier(
            name="reference", label=_("Reference"), required=True, model_field=field_of(BankLine, "reference"),
            example="TU-0001", width=26, help=_("What the payer gave: by it a top-up is found."),
        ),
        Rupiah(
            name="amount", label=_("Amount"), required=True, example="1.250.000",
            help=_("Money that came in; with a minus, money that left."),
        ),
        Column(
            name="description", label=_("Description"), model_field=field_of(BankLine, "description"),
            example="SETORAN VA 8810", width=40,
        ),
    )  # fmt: skip

    @classmethod
    def permission(cls, act: str = "import") -> str:
        return "ppob.add_bankline"

    def key_of(self, values: dict[str, Any]) -> str:
        return _key(values["bank"], values["booked_on"], values["reference"], values["amount"])

    def existing(self, keys: Collection[str], *, lock: bool) -> dict[str, Any]:
        """No lock: lines are only added, and the database lets each in once."""
        found: dict[str, Any] = {}
        wanted = sorted(keys)
        for start in range(0, len(wanted), KEYS_AT_ONCE):
            some = set(wanted[start : start + KEYS_AT_ONCE])
            days = [key.split("\x1f")[1] for key in some]
            lines = BankLine.objects.filter(
                booked_on__range=(min(days), max(days)), reference__in={key.split("\x1f")[2] for key in some}
            )
            for line in lines:
                key = _key(line.bank, line.booked_on, line.reference, line.amount)
                if key in some:
                    found[key] = line
        return found

    def changes(self, line: Line) -> dict[str, tuple[Any, Any]]:
        """The bank's word stands as it first came."""
        return {} if line.obj is not None else super().changes(line)

    def save(self, lines: list[Line]) -> None:
        BankLine.objects.bulk_create(
            [BankLine(imported_at=timezone.now(), **line.values) for line in lines], batch_size=2000
        )
        match_topups(actor=self.actor)


def _key(bank: str, booked_on: date, reference: str, amount: int) -> str:
    return "\x1f".join((bank, booked_on.isoformat(), reference, str(amount)))
