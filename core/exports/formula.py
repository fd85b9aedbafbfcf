"""Text that no spreadsheet takes for a formula: `=1+1` in somebody's name must stay a name on everybody's computer."""

import re

# What begins a formula, or a macro of an old one; Excel reads the wide forms of an East Asian keyboard the same way.
TRIGGERS = "=+-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\u2212"
# White space, control characters and those without a width (or with none that shows), which a program may skip first.
INVISIBLE = (
    r"\s\x00-\x1f\x7f-\xa0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4"
    r"\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
_SIGN = rf"[{INVISIBLE}]*+[{re.escape(TRIGGERS)}]"
_BEGINNING = re.compile(rf"[\t\r\n]|{_SIGN}")
# An Excel with Indonesian settings splits lines at `;`, whatever the quotes say: behind such a sign a cell may begin.
_CELLS = re.compile(rf"(?:^|(?<=[;\t\r\n]))(?={_SIGN})|\A(?=[\t\r\n])")
# Neither belongs into a file of text: NUL ends it for some programs, and half a character is none.
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def plain(value: object) -> str:
    """The text of a value as every format may hold it."""
    return _BROKEN.sub("", str(value))


def is_risky(text: str) -> bool:
    """Whether a spreadsheet may take the beginning of this text for a formula."""
    return _BEGINNING.match(text) is not None


def safe_text(value: object) -> str:
    """The text for a CSV cell: an apostrophe stands before everything that could begin a formula.

    Numbers do not come here: a negative amount stays a number.
    """
    return _CELLS.sub("'", plain(value))
