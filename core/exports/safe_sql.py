"""The formula rule of `formula.py` as SQL, for a CSV that PostgreSQL writes itself: the same text becomes the same cell."""

import re

from core.exports.formula import INVISIBLE, TRIGGERS

# PostgreSQL's white space depends on a locale; all of Python's is among the other signs, but for the space.
_INVISIBLE = re.sub(r"\\x([0-9a-f]{2})", r"\\u00\1", INVISIBLE.replace(r"\s", " ").replace(r"\x00", r"\x01"))
_SIGN = rf"[{_INVISIBLE}]*[{re.escape(TRIGGERS)}]"
_CELLS = rf"(^|(?<=[;\t\r\n]))(?={_SIGN})|^(?=[\t\r\n])"
_SPLITS = r"E';\t\r\n'"


def safe_text_sql(text: str) -> str:
    """An expression for `safe_text` of another one, which must be cheap to say twice: a column.

    Nearly every value begins with a figure or a letter and cannot split, which two comparisons of bytes tell; only the
    rest pays for the pattern.
    """
    plain = " OR ".join(
        f"""({text} COLLATE "C" >= '{first}' AND {text} COLLATE "C" < '{last}')"""
        for first, last in (("0", ":"), ("A", "["), ("a", "{"))
    )
    pattern = _CELLS.replace("'", "''").replace("%", "%%")
    return (
        f"CASE WHEN ({plain}) AND translate({text}, {_SPLITS}, '') = {text} THEN {text} "
        f"ELSE regexp_replace({text}, '{pattern}', '''', 'g') END"
    )
