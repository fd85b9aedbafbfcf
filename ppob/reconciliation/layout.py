"""How a file is to be read, without the database: what parsers and fuzzers work with."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

# A line longer than this is no line of a settlement file; the rest of it is skipped, not kept.
LONGEST_LINE = 16_384
MOST_LINES = 6_000_000
MOST_BYTES = 2_000_000_000

WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Layout:
    """A profile's words. `cut_off_minute` and `biller_zone` say to which business day a moment belongs."""

    form: str
    columns: dict[str, Any]
    inner_form: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    header_lines: int = 1
    trailer: dict[str, Any] = field(default_factory=dict)
    date_form: str = "%Y-%m-%d"
    time_form: str = "%H:%M:%S"
    number_form: str = "plain"
    success_words: frozenset[str] = frozenset({"SUCCESS"})
    failure_words: frozenset[str] = frozenset()
    zone: ZoneInfo = WIB
    biller_zone: ZoneInfo = WIB
    cut_off_minute: int = 0


def layout_of(profile: Any) -> Layout:
    """The layout of a SettlementProfile."""
    biller = profile.biller
    return Layout(
        form=profile.form,
        inner_form=profile.inner_form,
        columns=dict(profile.columns),
        encoding=profile.encoding,
        delimiter=profile.delimiter,
        header_lines=profile.header_lines,
        trailer=dict(profile.trailer),
        date_form=profile.date_form,
        time_form=profile.time_form,
        number_form=profile.number_form,
        success_words=frozenset(profile.success_words),
        failure_words=frozenset(profile.failure_words),
        zone=ZoneInfo(profile.time_zone or biller.time_zone),
        biller_zone=ZoneInfo(biller.time_zone),
        cut_off_minute=biller.cut_off_minute,
    )
