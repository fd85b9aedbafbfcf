"""How a biller writes its settlement file: one module a form, chosen by the biller's code. Adding one adds one module, which
also says in PROFILE how it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from ppob.simulation.forms import arthasw, finnet, listra, multipls, nusapay, tirta


@dataclass(frozen=True)
class Line:
    """One sale as the biller counts it, money in whole Rupiah; `at` is in the biller's zone."""

    at: datetime
    noref: str
    customer_id: str
    product: str
    sheets: int
    amount: int
    commission: int
    is_success: bool
    response_code: str
    stan: str
    serial: str

    @property
    def net(self) -> int:
        """What it takes from our deposit."""
        return self.amount - self.commission if self.is_success else 0


class Form(Protocol):
    """Write the day's file into the folder; its path."""

    def __call__(self, lines: Sequence[Line], *, biller: str, day: date, folder: Path) -> Path: ...


_MODULES = {
    "FINNET": finnet, "NUSAPAY": nusapay, "ARTHASW": arthasw, "MULTIPLS": multipls, "TIRTA": tirta, "LISTRA": listra,
}  # fmt: skip
FORMS: dict[str, Form] = {code: module.write for code, module in _MODULES.items()}
# The fields of each biller's SettlementProfile.
PROFILES: dict[str, dict[str, Any]] = {code: module.PROFILE for code, module in _MODULES.items()}
