"""How the Beta-App is shown: states as colour, icon and word."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from betaapp.choices import Decision, ProgramState
from betaapp.models import BetaProgram, ProgramApplication
from betaapp.selectors.results import Result
from core.templatetags.gerai import number

register = template.Library()

STATE_LOOKS = {
    ProgramState.DRAFT: ("maintenance", "pencil"),
    ProgramState.RUNNING: ("safe", "player-play"),
    ProgramState.ENDED: ("nodata", "flag-check"),
}
DECISION_LOOKS = {
    Decision.NONE: ("warning", "flask"),
    Decision.PROMOTED: ("safe", "rosette-discount-check"),
    Decision.STOPPED: ("danger", "hand-stop"),
}


@register.inclusion_tag("components/status_badge.html")
def program_state(program: BetaProgram) -> dict[str, Any]:
    return _look(STATE_LOOKS, ProgramState(program.state))


@register.inclusion_tag("components/status_badge.html")
def decision(tried: ProgramApplication) -> dict[str, Any]:
    return _look(DECISION_LOOKS, Decision(tried.decision))


@register.inclusion_tag("betaapp/_stars.html")
def stars(rating: int) -> dict[str, Any]:
    return {"rating": rating, "marks": [n < rating for n in range(5)]}


@register.simple_tag
def result_sentence(result: Result) -> str:
    """What the trial came to, in one plain sentence."""
    told = {"version": result.tried.version.number}
    ratio = result.ratio
    if not result.knows_problems:
        return _("Version %(version)s: there is no data on problems yet.") % told
    if not result.beta.store_days:
        return _("Version %(version)s: no store has tried it for a day yet.") % told
    if not result.stable.store_days:
        return _("Version %(version)s: there is no store to compare with.") % told
    if ratio is None:
        return _("Version %(version)s: no problem so far, here or at the stores compared with.") % told
    if ratio.value is None:
        return _("Version %(version)s: problems here, and none at the stores compared with.") % told
    if ratio.low <= 1 and (ratio.high is None or ratio.high >= 1):
        return _("Version %(version)s: no clear difference from the stores compared with yet.") % told
    if ratio.value > 1:
        words = _("Version %(version)s: %(times)s times as many problems as at the stores compared with.")
        return words % (told | {"times": number(ratio.value, 1)})
    share = number(ratio.value * 100)
    return _("Version %(version)s: only %(share)s %% of the problems of the stores compared with.") % (
        told | {"share": share}
    )


@register.simple_tag
def stop_sentence(result: Result) -> str:
    """Why it is proposed to stop, with the interval and what would be done."""
    ratio = result.ratio
    assert ratio is not None, "nothing is proposed without a ratio"
    return _(
        "Version %(version)s: %(times)s times the problems for each store-day (95 %% interval %(low)s to %(high)s). Take it back from the programme's stores?"
    ) % {
        "version": result.tried.version.number,
        "times": number(ratio.value, 1),
        "low": number(ratio.low, 1),
        "high": number(ratio.high, 1),
    }


def _look(looks: Any, state: Any) -> dict[str, Any]:
    tone, icon = looks[state]
    return {"tone": tone, "icon": icon, "label": state.label}
