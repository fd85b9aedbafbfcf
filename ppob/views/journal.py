"""What the company's books take over: a ledger day's journal, and a month's commissions with their taxes."""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.exports import Column
from core.exports.about import About
from core.exports.asking import record_export, sha256_of
from core.exports.download import answer_with
from core.exports.formats import FORMATS
from core.templatetags.gerai import short_date
from ppob.access import PpobView
from ppob.money_exports import COMMISSION_COLUMNS, JOURNAL_COLUMNS
from ppob.periods import FIRST_DAY, LAST_DAY, ledger_today
from ppob.selectors.journal import commissions_of, journal_of


class _BooksView(PpobView, View):
    """A page whose rows are few: all of them stand on it, and a POST takes them home."""

    http_method_names = ["get", "head", "post", "options"]
    export, name, title, template = "", "", _("Journal"), ""
    columns: tuple[Column, ...] = ()

    def get(self, request: HttpRequest) -> HttpResponseBase:
        may_export = self.request.user.has_perm(self.export)
        formats = list(FORMATS.values()) if may_export else []
        return render(request, self.template, {"formats": formats, **self.told()})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        person: Any = request.user
        if not person.has_perm(self.export):
            raise PermissionDenied
        form = FORMATS.get(request.POST.get("format", ""))
        if form is None:
            raise SuspiciousOperation("No such format")
        about = About(
            title=str(self.title), person=str(person), at=timezone.now(), filters=((str(_("Period")), self.words),)
        )  # fmt: skip
        # Closed by the response.
        file: IO[bytes] = TemporaryFile(prefix="books-")  # noqa: SIM115
        try:
            rows = form.write(self.rows(), self.columns, file, about)
            size = file.seek(0, os.SEEK_END)
            record_export(
                person, name=self.name, filters=self.words, form=form.key, rows=rows, sha256=sha256_of(file)
            )
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return answer_with(
            file, request, size=size, name=f"{self.stem}.{form.key}", content_type=form.content_type
        )

    def told(self) -> dict[str, Any]:
        """What the page shows."""
        raise NotImplementedError

    def rows(self) -> Sequence[Any]:
        raise NotImplementedError

    @property
    def words(self) -> str:
        raise NotImplementedError

    @property
    def stem(self) -> str:
        raise NotImplementedError


class JournalView(_BooksView):
    """One ledger day, yesterday unless the address names another."""

    permission, export = "ppob.view_ledgerday", "ppob.export_account"
    name, title, template = "ppob.journal", _("Daily journal"), "ppob/journal.html"
    columns = JOURNAL_COLUMNS

    @property
    def day(self) -> date:
        return _day(self.request.GET.get("day")) or ledger_today() - timedelta(days=1)

    def told(self) -> dict[str, Any]:
        day = self.day
        return {
            "journal": journal_of(self.request.user, day),
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1) if day < ledger_today() else None,
        }

    def rows(self) -> Sequence[Any]:
        return journal_of(self.request.user, self.day).lines

    @property
    def words(self) -> str:
        return short_date(self.day)

    @property
    def stem(self) -> str:
        return f"jurnal-ppob-{self.day}"


class CommissionsView(_BooksView):
    """One month, the last whole one unless the address names another."""

    permission, export = "ppob.view_salesday", "ppob.export_salesday"
    name, title, template = "ppob.commissions", _("Commissions and taxes"), "ppob/commissions.html"
    columns = COMMISSION_COLUMNS

    @property
    def month(self) -> date:
        asked = _day(f"{self.request.GET.get('month', '')}-01")
        return asked or (ledger_today().replace(day=1) - timedelta(days=1)).replace(day=1)

    def told(self) -> dict[str, Any]:
        month, lines = self.month, self.rows()
        after = (month + timedelta(days=32)).replace(day=1)
        sums = {
            name: sum(getattr(one, name) for one in lines)
            for name in ("sold", "commission", "base", "ppn", "pph", "receivable")
        }
        return {
            "lines": lines,
            "sums": sums,
            "month": month,
            "before": (month - timedelta(days=1)).replace(day=1),
            "after": after if after <= ledger_today() else None,
        }

    def rows(self) -> Sequence[Any]:
        return commissions_of(self.request.user, self.month)

    @property
    def words(self) -> str:
        return date_format(self.month, "F Y")

    @property
    def stem(self) -> str:
        return f"komisi-ppob-{self.month:%Y-%m}"


def _day(text: Any) -> date | None:
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        return None
    return min(max(day, FIRST_DAY), LAST_DAY) if day else None
