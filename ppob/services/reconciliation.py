"""What people do with a biller's day: say why books differ, adjust by two pairs of eyes, dispute, close, and sign. What asks
for a fresh factor (approve, sign) is asked by the door."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.audit.many import record_many
from core.counts import forget
from core.templatetags.gerai import rupiah
from organization.models import Employee
from ppob import ledger
from ppob.choices import AccountKind, DifferenceKind, DifferenceState, TransferKind
from ppob.exceptions import DaySigned
from ppob.house_accounts import ADJUSTMENT
from ppob.models import (
    Account,
    Biller,
    BillerDay,
    DepositStatement,
    Difference,
    DifferenceNote,
    ReconciliationRun,
    SettlementProfile,
)
from ppob.reconciliation.deposit import refresh_statement
from ppob.reconciliation.exceptions import (
    DepositNotExplained,
    NothingProposed,
    NothingSuggested,
    NothingToCorrect,
    NotPrepared,
    NotReconciled,
    NotTheSameMoney,
    OwnPreparation,
    OwnProposal,
    ReasonMissing,
    StillOpen,
    WrongState,
)
from ppob.selectors.balances import AT_BILLERS
from ppob.selectors.differences import CHANGEABLE, UNSETTLED, counterpart_of
from ppob.selectors.reconciliation import UNSIGNED

OPEN = UNSETTLED


@transaction.atomic
def save_profile(*, profile: SettlementProfile, actor: Employee | None) -> SettlementProfile:
    """Add or change how a biller's file is read; files that were read already stay as they were read. Raises ValidationError."""
    before = (
        SettlementProfile.objects.select_for_update().filter(pk=profile.pk).first() if profile.pk else None
    )
    profile.full_clean(exclude={"uuid"})
    names = [field.name for field in profile._meta.concrete_fields if field.name not in ("id", "uuid")]
    changes = {
        name: (getattr(before, name) if before else None, getattr(profile, name))
        for name in names
        if before is None or getattr(before, name) != getattr(profile, name)
    }
    profile.save()
    audit.record(actor, "settlement.profile_saved", profile, changes)
    return profile


@transaction.atomic
def assign_differences(*, differences: Iterable[Difference], owner: Employee | None, actor: Employee) -> int:
    """Give them to somebody, or to nobody; how many. Raises DaySigned."""
    locked = _locked(differences)
    told = [(one, {"owner": (one.owner_id, owner.pk if owner else None)}) for one in locked]
    for one in locked:
        one.owner, one.changed_at = owner, timezone.now()
    Difference.objects.bulk_update(locked, ["owner", "changed_at"])
    record_many(actor, "difference.assigned", told)
    return len(locked)


@transaction.atomic
def note_difference(*, difference: Difference, text: str, actor: Employee) -> DifferenceNote:
    """Write something beside it; a signed day takes none. Raises DaySigned, ReasonMissing."""
    (locked,) = _locked([difference])
    note = DifferenceNote.objects.create(difference=locked, by=actor, text=_said(text))
    audit.record(actor, "difference.noted", locked, {"note": (None, note.text)})
    return note


@transaction.atomic
def explain_differences(*, differences: Iterable[Difference], explanation: str, actor: Employee) -> int:
    """Say why, for one or for many at once: all or none. Raises ReasonMissing, WrongState, DaySigned."""
    return _say(
        differences, DifferenceState.EXPLAINED, CHANGEABLE, _said(explanation), "difference.explained", actor
    )


@transaction.atomic
def dispute_difference(*, difference: Difference, reason: str, actor: Employee) -> Difference:
    """The biller is wrong and is told so. Raises ReasonMissing, WrongState, DaySigned."""
    _say([difference], DifferenceState.DISPUTED, CHANGEABLE, _said(reason), "difference.disputed", actor)
    difference.refresh_from_db()
    return difference


@transaction.atomic
def close_difference(*, difference: Difference, reason: str, actor: Employee) -> Difference:
    """It is settled, and how: the biller has corrected it, say. Raises ReasonMissing, WrongState, DaySigned."""
    _say(
        [difference],
        DifferenceState.CLOSED,
        (*OPEN, DifferenceState.EXPLAINED),
        _said(reason),
        "difference.closed",
        actor,
    )
    difference.refresh_from_db()
    return difference


@transaction.atomic
def confirm_suggestion(*, difference: Difference, actor: Employee) -> int:
    """A person says that a sale missing at the biller and one missing here are the same: each explains the other; how many.

    Only where both come to the same money, so that nothing is left of either. Raises NothingSuggested, NotTheSameMoney,
    WrongState, DaySigned.
    """
    other = counterpart_of(difference)
    if other is None:
        raise NothingSuggested
    ours, theirs = sorted(
        _locked([difference, other]), key=lambda one: one.kind != DifferenceKind.MISSING_AT_BILLER
    )
    if (ours.suggestion.get("key"), theirs.suggestion.get("key")) != (theirs.key, ours.key):
        raise NothingSuggested
    if ours.our_net != theirs.their_net:
        raise NotTheSameMoney
    text = _("Our %(ours)s and the biller's %(theirs)s are one sale.") % {
        "ours": ours.noref,
        "theirs": theirs.noref,
    }
    return _say([ours, theirs], DifferenceState.EXPLAINED, CHANGEABLE, text, "difference.paired", actor)


@transaction.atomic
def propose_adjustment(
    *, difference: Difference, reason: str, actor: Employee, amount: int | None = None
) -> Difference:
    """The first of two people: correct our book at the biller by this amount, its own correction unless said otherwise.

    Nothing is posted. Raises WrongState, NothingToCorrect, ReasonMissing, DaySigned.
    """
    (locked,) = _locked([difference])
    if locked.state not in CHANGEABLE or locked.kind in (
        DifferenceKind.CARRIED_OVER,
        DifferenceKind.BAD_LINE,
    ):
        raise WrongState
    wanted = locked.correction if amount is None else amount
    if not wanted:
        raise NothingToCorrect
    changes = {
        "proposed_amount": (locked.proposed_amount, wanted), "state": (locked.state, DifferenceState.OPEN),
        "explanation": (locked.explanation, _said(reason)),
    }  # fmt: skip
    locked.proposed_amount, locked.proposed_by, locked.explanation = wanted, actor, _said(reason)
    locked.state, locked.changed_at = DifferenceState.OPEN, timezone.now()
    locked.save(update_fields=["proposed_amount", "proposed_by", "explanation", "state", "changed_at"])
    audit.record(actor, "difference.proposed", locked, changes)
    return locked


@transaction.atomic
def withdraw_adjustment(*, difference: Difference, actor: Employee) -> Difference:
    """It was no good idea; either of both may say so. Raises NothingProposed, WrongState, DaySigned."""
    (locked,) = _locked([difference])
    if locked.state == DifferenceState.ADJUSTED:
        raise WrongState
    if locked.proposed_by_id is None:
        raise NothingProposed
    changes = {"proposed_amount": (locked.proposed_amount, None)}
    locked.proposed_amount = locked.proposed_by = None
    locked.changed_at = timezone.now()
    locked.save(update_fields=["proposed_amount", "proposed_by", "changed_at"])
    audit.record(actor, "difference.withdrawn", locked, changes)
    return locked


@transaction.atomic
def approve_adjustment(*, difference: Difference, actor: Employee) -> Difference:
    """The second of two people: post it, once, keyed by the difference, into today's ledger day.

    Raises OwnProposal, NothingProposed, WrongState, DaySigned, and what the ledger refuses.
    """
    (locked,) = _locked([difference])
    if locked.state == DifferenceState.ADJUSTED:
        raise WrongState
    if locked.proposed_by_id is None or locked.proposed_amount is None:
        raise NothingProposed
    if locked.proposed_by_id == actor.pk:
        raise OwnProposal
    accounts = Account.objects.values_list("pk", flat=True)
    at_biller = accounts.get(biller=locked.biller_id, kind__in=AT_BILLERS)
    amount = locked.proposed_amount
    posted = ledger.post(
        key=f"reconciliation:{locked.uuid}",
        kind=TransferKind.ADJUSTMENT,
        legs=[(at_biller, amount), (accounts.get(code=ADJUSTMENT, kind=AccountKind.ADJUSTMENT), -amount)],
        memo=locked.explanation[:200],
        actor=actor,
        biller_id=locked.biller_id,
        business_on=locked.business_on,
    )
    changes = {"state": (locked.state, DifferenceState.ADJUSTED), "transfer_id": (None, posted.id)}
    locked.state, locked.transfer_id, locked.approved_by = DifferenceState.ADJUSTED, posted.id, actor
    locked.changed_at = timezone.now()
    locked.save(update_fields=["state", "transfer_id", "approved_by", "changed_at"])
    refresh_statement(locked.biller_id, locked.business_on)
    audit.record(actor, "difference.adjusted", locked, changes)
    return locked


@transaction.atomic
def prepare_day(*, biller: Biller, day: date, actor: Employee) -> BillerDay:
    """The first signature: everything of this day is settled.

    Raises NotReconciled, StillOpen, DepositNotExplained, DaySigned.
    """
    locked = _day(biller, day)
    _refuse_unsettled(biller, day)
    locked.prepared_at, locked.prepared_by = timezone.now(), actor
    locked.save(update_fields=["prepared_at", "prepared_by"])
    audit.record(actor, "biller_day.prepared", locked, {"prepared_by": (None, actor)})
    return locked


@transaction.atomic
def sign_day(*, biller: Biller, day: date, actor: Employee) -> BillerDay:
    """The second signature, another person's: from here on nothing of the day changes, whoever asks.

    Raises NotPrepared, OwnPreparation, NotReconciled, StillOpen, DepositNotExplained, DaySigned.
    """
    locked = _day(biller, day)
    if locked.prepared_by_id is None:
        raise NotPrepared
    if locked.prepared_by_id == actor.pk:
        raise OwnPreparation
    _refuse_unsettled(biller, day)
    locked.signed_at, locked.signed_by = timezone.now(), actor
    locked.save(update_fields=["signed_at", "signed_by"])
    audit.record(actor, "biller_day.signed", locked, {"signed_by": (None, actor)})
    forget([UNSIGNED])
    return locked


def prepare_clean_days(*, days: Sequence[BillerDay], actor: Employee) -> list[BillerDay]:
    """The first signature under each that has none; all others are left as they are."""
    return [
        done
        for one in days
        if one.prepared_by_id is None and (done := _unless_refused(prepare_day, one, actor)) is not None
    ]


def sign_clean_days(*, days: Sequence[BillerDay], actor: Employee) -> list[BillerDay]:
    """ "Tanda tangani semua hari bersih": each prepared by somebody else is signed, all others are left as they are."""
    return [done for one in days if (done := _unless_refused(sign_day, one, actor)) is not None]


def _unless_refused(sign: Callable[..., BillerDay], one: BillerDay, actor: Employee) -> BillerDay | None:
    """Each day is a transaction of its own: one that is refused holds up no other."""
    try:
        return sign(biller=one.biller, day=one.business_on, actor=actor)
    except (NotPrepared, OwnPreparation, NotReconciled, StillOpen, DepositNotExplained, DaySigned):
        return None


def _say(
    differences: Iterable[Difference],
    state: str,
    allowed: tuple[str, ...],
    text: str,
    act: str,
    actor: Employee,
) -> int:
    locked = _locked(differences)
    if any(one.state not in allowed or one.proposed_by_id for one in locked):
        raise WrongState
    told = [(one, {"state": (one.state, state), "explanation": (one.explanation, text)}) for one in locked]
    for one in locked:
        one.state, one.explanation, one.changed_at = state, text, timezone.now()
    Difference.objects.bulk_update(locked, ["state", "explanation", "changed_at"])
    record_many(actor, act, told)
    return len(locked)


def _locked(differences: Iterable[Difference]) -> list[Difference]:
    """Locked by their key's order; none of a signed day."""
    keys = [one.pk for one in differences]
    locked = list(Difference.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    days = {(one.biller_id, one.business_on) for one in locked}
    signed = BillerDay.objects.filter(
        biller__in={biller for biller, _on in days},
        business_on__in={on for _biller, on in days},
        signed_at__isnull=False,
    )
    if days & set(signed.values_list("biller_id", "business_on")):
        raise DaySigned
    return locked


def _day(biller: Biller, day: date) -> BillerDay:
    if not ReconciliationRun.objects.filter(biller=biller, business_on=day).exists():
        raise NotReconciled
    BillerDay.objects.get_or_create(biller=biller, business_on=day)
    locked = BillerDay.objects.select_for_update().get(biller=biller, business_on=day)
    if locked.signed_at is not None:
        raise DaySigned(day=day)
    return locked


def _refuse_unsettled(biller: Biller, day: date) -> None:
    if Difference.objects.filter(biller=biller, business_on=day, state__in=OPEN).exists():
        raise StillOpen
    statement = DepositStatement.objects.filter(biller=biller, business_on=day).first()
    if statement is not None and statement.unexplained:
        raise DepositNotExplained(DepositNotExplained.default % {"amount": rupiah(statement.unexplained)})


def _said(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()[:400]
