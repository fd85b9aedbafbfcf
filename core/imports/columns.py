"""Columns of an import: how a cell is read, what is refused with which advice, and how a value is shown."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext as _

from core.imports.exceptions import CellRefused
from core.imports.sheets import Fault, Formula

SPACES = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x00[01][0-9A-Fa-f]_")
_LINE_ENDS = re.compile(r"\s*[\r\n]+\s*")  # of an address in a cell
_SCIENTIFIC = re.compile(r"\A\d([.,]\d+)?E\+\d+\Z", re.IGNORECASE)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_EXCEL_ZERO = date(1899, 12, 30)
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Column:
    """Text, as it is. `required` cells may not be empty; columns that the file lacks stay as they were."""

    name: str
    label: Any
    model_field: Any = None
    required: bool = False
    help: Any = ""
    example: Any = ""
    width: int = 18
    is_text = True  # cells of the template are formatted as text, so that nothing is made a number

    def read(self, cell: Any) -> Any:
        """The value of a cell, or CellRefused. None and "" are empty."""
        if isinstance(cell, Formula):
            raise CellRefused(_("A formula: copy the cells and paste them as values."))
        if isinstance(cell, Fault):
            raise CellRefused(_("The cell shows an error of the spreadsheet."))
        if isinstance(cell, str):
            cell = cell.strip(SPACES)
            if _CONTROL.search(cell):
                raise CellRefused(_("The cell holds characters that cannot be seen; type it again."))
            cell = _LINE_ENDS.sub(" ", cell)
        if cell is None or cell == "":
            if self.required:
                raise CellRefused(_("This may not be empty."))
            return self.empty()
        value = self.parse(cell)
        for validator in getattr(self.model_field, "validators", ()):
            try:
                validator(value)
            except ValidationError as error:
                raise CellRefused(" ".join(error.messages)) from None
        return value

    def parse(self, cell: Any) -> Any:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool | datetime | date | time | timedelta):
            raise CellRefused(_("Excel has made a date or a truth value of this: format the column as text."))
        return self.number_as_text(cell)

    def number_as_text(self, cell: Any) -> str:
        """A name such as "212" is a name; Excel shows it without a point."""
        return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)

    def empty(self) -> Any:
        return None if getattr(self.model_field, "null", False) else ""

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def write(self, value: Any) -> Any:
        """For the file with today's data."""
        return self.show(value)


class Identifier(Column):
    """A code: text whatever it looks like. A number here means that Excel has been at it."""

    def parse(self, cell: Any) -> Any:
        if isinstance(cell, str):
            if _SCIENTIFIC.match(cell):
                raise CellRefused(
                    _(
                        "Excel has made a number of a code here. Format the column as text and type the code again."
                    )
                )
            return cell
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            raise CellRefused(
                _(
                    "The cell is a number (%(n)s), so leading zeros or an E, as in 00123 or 1E05, may be lost. Format the"
                    " column as text and type the code again."
                )
                % {"n": self.number_as_text(cell)}
            )
        return super().parse(cell)


class Reference(Identifier):
    """The code of something that has to be there already; the kind looks it up."""

    def empty(self) -> None:
        return None

    def show(self, value: Any) -> str:
        return str(getattr(value, self.code_name, value)) if value is not None else ""

    @property
    def code_name(self) -> str:
        return "code"


class Whole(Column):
    is_text = False

    def parse(self, cell: Any) -> int:
        text = cell if isinstance(cell, str) else self.number_as_text(cell)
        if isinstance(cell, bool) or not re.fullmatch(r"-?\d{1,9}", text):
            raise CellRefused(_("A whole number is needed here."))
        return int(text)

    def empty(self) -> None:
        return None

    def write(self, value: Any) -> Any:
        return value


class Money(Whole):
    """Whole Rupiah, below 10^15. Points between thousands could be a comma elsewhere: they are asked away."""

    def parse(self, cell: Any) -> int:
        text = cell if isinstance(cell, str) else self.number_as_text(cell)
        if isinstance(cell, bool) or not re.fullmatch(r"\d{1,15}", text):
            raise CellRefused(_("Whole Rupiah are needed here, digits alone, such as 26500."))
        return int(text)


class Coordinate(Column):
    """Degrees with six places (11 cm); a comma for the point is understood."""

    is_text = False

    def parse(self, cell: Any) -> Decimal:
        try:
            value = Decimal(cell.replace(",", ".") if isinstance(cell, str) else repr(cell))
        except (InvalidOperation, ValueError):
            raise CellRefused(_("Degrees are needed here, such as -6.914744.")) from None
        if isinstance(cell, bool) or not value.is_finite():
            raise CellRefused(_("Degrees are needed here, such as -6.914744."))
        if abs(value) > 180:
            raise CellRefused(_("Degrees are needed here, such as -6.914744; the point seems to be lost."))
        return value.quantize(Decimal("0.000001"))

    def write(self, value: Any) -> Any:
        return value


class Day(Column):
    is_text = False

    def parse(self, cell: Any) -> date:
        day = self._day(cell)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CellRefused(_("This day is too far away: %(day)s.") % {"day": day.isoformat()})
        return day

    def _day(self, cell: Any) -> date:
        if isinstance(cell, datetime):
            if cell.time() != time():
                raise CellRefused(_("A day without a time is needed here."))
            return cell.date()
        if isinstance(cell, date):
            return cell
        if isinstance(cell, str):
            for form in _DAYS:
                try:
                    return datetime.strptime(cell, form).date()  # noqa: DTZ007  a day has no zone
                except ValueError:
                    continue
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 < cell < 73_050:
            day = _EXCEL_ZERO + timedelta(days=int(cell))
            raise CellRefused(
                _("The number %(n)s is perhaps the day %(day)s: format the column as a date.")
                % {"n": self.number_as_text(cell), "day": day.isoformat()}
            )
        raise CellRefused(_("A day is needed here, such as 2026-09-30 or 30/09/2026."))

    def empty(self) -> None:
        return None

    def show(self, value: Any) -> str:
        return value.isoformat() if value else ""

    def write(self, value: Any) -> Any:
        return value


class YesNo(Column):
    YES, NO = frozenset({"ya", "yes", "y", "1", "true"}), frozenset({"tidak", "no", "n", "t", "0", "false"})

    def parse(self, cell: Any) -> bool:
        text = str(cell).lower() if not isinstance(cell, float) else f"{cell:.0f}"
        if text in self.YES:
            return True
        if text in self.NO:
            return False
        raise CellRefused(_("Ya or Tidak is needed here."))

    def empty(self) -> bool:
        return False

    def show(self, value: Any) -> str:
        return "Ya" if value else "Tidak"


class Choice(Column):
    """One of a few; taken by its value or by its label in any of our languages."""

    def parse(self, cell: Any) -> Any:
        text = str(cell).casefold()
        for value, label in self.model_field.choices:
            if text in (str(value).casefold(), str(label).casefold()):
                return value
        labels = ", ".join(str(value) for value, _label in self.model_field.choices)
        raise CellRefused(_("One of these is needed here: %(choices)s.") % {"choices": labels})

    def empty(self) -> Any:
        return self.model_field.get_default()


def field_of(model: type[Model], name: str) -> Field:
    return model._meta.get_field(name)  # type: ignore[return-value]  # columns are of plain fields
