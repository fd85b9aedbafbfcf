"""Why a line of a settlement file is not taken: kept as a code with its facts, said in the reader's own language.

What is stored is evidence and names no language, so that the same file comes to the same digest whoever brings it.
"""

import json
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

# As wide as the columns that keep it.
LONGEST = 200
WORDS: dict[str, Any] = {
    "amount": _("“%(text)s” is no amount as the profile says it is written"),
    "amount_too_large": _("“%(text)s” is more than anybody pays"),
    "amount_not_whole": _("“%(text)s” is no amount in whole Rupiah"),
    "date": _("“%(text)s” is no date as the profile says it is written"),
    "time": _("“%(text)s” is no time as the profile says it is written"),
    "time_missing": _("there is no time"),
    "century": _("%(text)s is no day of this century"),
    "status": _("“%(text)s” is no status that the profile knows"),
    "sheets": _("“%(text)s” is no number of sheets"),
    "reference_missing": _("no reference"),
    "number_for_text": _("a number where text is expected (%(name)s): its leading zeros may be lost"),
    "text_too_long": _("%(name)s is longer than %(n)d characters"),
    "width": _("%(n)d characters long, not %(width)d"),
    "columns": _("%(n)d columns, not %(count)d"),
    "columns_too_many": _("more than %(n)d columns"),
    "line_too_long": _("longer than %(n)d characters"),
    "encoding": _("not written in %(name)s"),
    "quotes": _("quotes that do not close"),
    "formula": _("a formula or an error where a value is expected"),
    "invisible": _("characters that nobody sees"),
    "behind_trailer": _("stands behind the trailer"),
    "trailer_missing": _("the trailer is missing: the file is cut off"),
    "trailer_unreadable": _("the trailer cannot be read: %(why)s"),
    "trailer_short": _("the trailer has too few columns"),
    "trailer_count": _("the trailer counts %(said)d lines, the file has %(found)d"),
    "trailer_sum": _("the trailer sums to %(said)d, the lines to %(found)d"),
}


def reason(code: str, **facts: Any) -> str:
    """What is kept: {"code": …} with its facts as JSON, at most 200 characters; a long text is cut, never the code."""
    while (
        len(told := json.dumps({"code": code, **facts}, ensure_ascii=False, separators=(",", ":"))) > LONGEST
    ):
        name = max((key for key in facts if isinstance(facts[key], str)), key=lambda key: len(facts[key]))
        facts[name] = facts[name][: -max(1, (len(told) - LONGEST) // 6)]
    return told


def said(kept: str) -> str:
    """The sentence of a kept reason. What an older version kept is a sentence already, and is said as it stands."""
    try:
        facts = json.loads(kept)
        # What one cell of the trailer refuses is a reason within the reason, with the same facts.
        why = str(WORDS[facts["why"]]) % facts if "why" in facts else ""
        return str(WORDS[facts["code"]]) % {**facts, "why": why}
    except (ValueError, KeyError, TypeError):
        return kept


# For a refusal that others will read.
said_late = lazy(said, str)
