from collections.abc import Iterable
from typing import Any

from organization.imports.plain import MasterImport


class PpobImport(MasterImport):
    """Who may add and change one by one may do it by table: importing is no right of its own here."""

    @classmethod
    def permission(cls, act: str = "import") -> str:
        return super().permission("add" if act == "import" else act)

    def rows_now(self) -> Iterable[Any]:
        rows = self.objects() if self.may["view"].national else self.objects().none()
        return rows.order_by(self.key).iterator(2000)
