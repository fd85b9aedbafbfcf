"""The first lines of a file as a profile reads them, while somebody is still writing the profile."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core.uploads.exceptions import UploadRefused
from ppob.models import SettlementFile, SettlementProfile
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.intake import stored_path
from ppob.reconciliation.layout import layout_of
from ppob.reconciliation.lines import Bad, Good, Totals, parse

LINES = 20
# A sample is small; a whole day's file is the worker's.
LARGEST = 20_000_000


@dataclass
class Preview:
    """At most twenty lines, good and bad, in the order of the file; or why it is no such file at all."""

    name: str = ""
    lines: list[Good | Bad] = field(default_factory=list)
    refusal: str = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"number": one.number, "reason": one.reason, "raw": one.raw}
            if isinstance(one, Bad)
            else {**one._asdict(), "is_good": True}
            for one in self.lines
        ]

    @property
    def bad(self) -> int:
        return sum(isinstance(one, Bad) for one in self.lines)


def preview(profile: SettlementProfile, *, content: BinaryIO, name: str) -> Preview:
    """Read the first lines; whatever is wrong is said, nothing is kept."""
    found = Preview(name=name)
    try:
        found.lines = list(islice(parse(content, layout_of(profile), Totals()), LINES))
    except (FileRefused, UploadRefused) as refused:
        found.refusal = str(refused)
    return found


def preview_newest(profile: SettlementProfile) -> Preview | None:
    """Of the newest file that came from this biller, if it is here and small enough; None where there is none."""
    newest = SettlementFile.objects.filter(biller=profile.biller_id).order_by("-id").first()
    if newest is None:
        return None
    path = stored_path(newest.sha256)
    if not path.is_file() or newest.size > LARGEST:
        return Preview(name=newest.name, refusal=_("The newest file is not at hand: choose a small sample."))
    with path.open("rb") as content:
        return preview(profile, content=content, name=newest.name)
