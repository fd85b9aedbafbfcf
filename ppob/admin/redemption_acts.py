"""What is decided of a redemption, each with its question."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.admin.acts import Act
from ppob import services
from ppob.models import Redemption

DECIDE = "ppob.decide_redemption"


def _approve(redemption: Redemption, form: Any, actor: Any) -> None:
    services.approve_redemption(redemption=redemption, actor=actor)


def _refuse(redemption: Redemption, form: Any, actor: Any) -> None:
    services.refuse_redemption(redemption=redemption, actor=actor)


def _hand_over(redemption: Redemption, form: Any, actor: Any) -> None:
    services.hand_over_reward(redemption=redemption, actor=actor)


REDEMPTION_ACTS = {
    "approve": Act(
        title=_("Approve"),
        question=_("The points are taken and the reward leaves the stock. Whoever asked cannot approve."),
        verb=_("Yes, approve"),
        permission=DECIDE,
        carry_out=_approve,
    ),
    "refuse": Act(
        title=_("Refuse"),
        question=_("The agents keep their points."),
        verb=_("Yes, refuse"),
        permission=DECIDE,
        carry_out=_refuse,
        is_dangerous=True,
    ),
    "hand_over": Act(
        title=_("Handed over"),
        question=_("The agents have their rewards."),
        verb=_("Yes, handed over"),
        permission=DECIDE,
        carry_out=_hand_over,
    ),
}
