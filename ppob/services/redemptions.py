"""Points against a reward: one person asks, another approves, and with the approval the points are gone."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from organization.models import Employee
from ppob import ledger
from ppob.choices import RedemptionState
from ppob.exceptions import AlreadySo, NotEnough, NotOffered, OutOfStock, OwnRequest
from ppob.models import Agent, Redemption, Reward, Transfer


@transaction.atomic
def ask_redemption(*, agent: Agent, reward: Reward, actor: Employee | None) -> Redemption:
    """At the points that the reward costs now. Raises NotOffered."""
    if not reward.is_active:
        raise NotOffered
    asked = Redemption.objects.create(agent=agent, reward=reward, points=reward.points, asked_by=actor)
    facts = {"agent": (None, agent), "reward": (None, reward), "points": (None, reward.points)}
    audit.record(actor, "object.added", asked, facts)
    return asked


@transaction.atomic
def approve_redemption(*, redemption: Redemption, actor: Employee) -> None:
    """Takes the points and one piece of the stock. Raises OwnRequest, AlreadySo, OutOfStock, NotEnough."""
    # The redemption first, then the stock, then (in the ledger) the account: everybody locks in this order.
    locked = _locked(redemption, RedemptionState.ASKED)
    if locked.asked_by_id == actor.pk:
        raise OwnRequest
    if not Reward.objects.filter(pk=locked.reward_id, stock__gt=0).update(stock=F("stock") - 1):
        raise OutOfStock
    key = f"redemption:{locked.uuid}"
    answer = ledger.take_points(agent=locked.agent.agent_id, amount=locked.points, key=key)
    if answer.status != "SUCCESS":
        raise NotEnough
    locked.transfer_id = Transfer.objects.values_list("pk", flat=True).get(key=key)
    _decide(locked, RedemptionState.APPROVED, "redemption.approved", actor)


@transaction.atomic
def refuse_redemption(*, redemption: Redemption, actor: Employee) -> None:
    """Nothing is taken. Raises OwnRequest, AlreadySo."""
    locked = _locked(redemption, RedemptionState.ASKED)
    if locked.asked_by_id == actor.pk:
        raise OwnRequest
    _decide(locked, RedemptionState.REFUSED, "redemption.refused", actor)


@transaction.atomic
def hand_over_reward(*, redemption: Redemption, actor: Employee) -> None:
    """The agent has it. Raises AlreadySo unless it was approved and not handed over."""
    locked = _locked(redemption, RedemptionState.APPROVED)
    changes = audit.changed(locked, state=RedemptionState.HANDED_OVER)
    locked.state = RedemptionState.HANDED_OVER
    locked.save(update_fields=["state"])
    audit.record(actor, "redemption.handed_over", locked, changes)


def _locked(redemption: Redemption, state: RedemptionState) -> Redemption:
    locked = Redemption.objects.select_for_update(of=("self",)).select_related("agent").get(pk=redemption.pk)
    if locked.state != state:
        raise AlreadySo
    return locked


def _decide(locked: Redemption, state: RedemptionState, act: str, actor: Employee) -> None:
    changes = audit.changed(locked, state=state, decided_by=actor)
    locked.state, locked.decided_by, locked.decided_at = state, actor, timezone.now()
    locked.save(update_fields=["state", "decided_by", "decided_at", "transfer_id"])
    audit.record(actor, act, locked, changes)
