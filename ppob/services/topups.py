"""Money on its way in: announced, matched with the bank's word, posted once. Each step locks the top-up first."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import errors
from django.utils import timezone

from core import audit
from core.audit.many import record_many
from organization.models import Employee
from ppob import ledger
from ppob.choices import AccountKind, TopUpState, TransferKind
from ppob.exceptions import (
    AlreadyPosted,
    LineTaken,
    NotMatched,
    NotWaiting,
    OtherAmount,
    PpobError,
    ReferenceTaken,
    TopUpCancelled,
)
from ppob.house_accounts import BANK
from ppob.models import Account, Agent, BankLine, Biller, TopUp
from ppob.selectors.balances import AT_BILLERS

# One candidate on both sides: whoever counts the candidates of one side without the other would guess.
_PAIRS = """
    WITH candidates AS (
        SELECT t.id AS topup, l.id AS line, count(*) OVER (PARTITION BY t.id) AS lines,
               count(*) OVER (PARTITION BY l.id) AS topups
        FROM ppob_topup t
        JOIN ppob_bankline l ON l.amount = CASE WHEN t.agent_id IS NULL THEN -t.amount ELSE t.amount END
         AND upper(btrim(l.reference)) = upper(btrim(t.reference))
        WHERE t.state = 'waiting' AND NOT EXISTS (SELECT FROM ppob_topup o WHERE o.bank_line_id = l.id)
    )
    SELECT topup, line FROM candidates WHERE lines = 1 AND topups = 1 ORDER BY topup
"""


@transaction.atomic
def add_topup(
    *,
    amount: int,
    reference: str,
    actor: Employee | None,
    agent: Agent | None = None,
    biller: Biller | None = None,
) -> TopUp:
    """Announce money for an agent's balance or a biller's account; matched at once if the bank has said so already.

    Raises ValidationError, ReferenceTaken.
    """
    topup = TopUp(
        agent=agent, biller=biller, amount=amount, reference=reference.strip(), asked_at=timezone.now()
    )
    topup.full_clean(exclude={"uuid", "reference"})
    try:
        with transaction.atomic():
            topup.save()
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation):
            raise ReferenceTaken from error
        raise
    facts: dict[str, Any] = {"agent": agent, "biller": biller, "amount": amount, "reference": topup.reference}
    audit.record(
        actor, "object.added", topup, {name: (None, fact) for name, fact in facts.items() if fact is not None}
    )
    match_topups(actor=actor)
    topup.refresh_from_db()
    return topup


@transaction.atomic
def match_topups(*, actor: Employee | None) -> int:
    """Join waiting top-ups with lines of the bank by reference and amount, where each is the other's only candidate.

    How many. One at a time, so that two imports do not give one line away twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ppob.match_topups', 0))")
        cursor.execute(_PAIRS)
        lines = dict(cursor.fetchall())
    topups = list(
        TopUp.objects.select_for_update(of=("self",))
        .filter(pk__in=lines, state=TopUpState.WAITING)
        .order_by("pk")
    )
    for topup in topups:
        topup.bank_line_id, topup.state = lines[topup.pk], TopUpState.MATCHED
    TopUp.objects.bulk_update(topups, ["bank_line", "state"])
    told = {"state": (TopUpState.WAITING, TopUpState.MATCHED)}
    record_many(actor, "topup.matched", [(topup, told) for topup in topups])
    return len(topups)


@transaction.atomic
def pick_line(*, topup: TopUp, line: BankLine, actor: Employee) -> TopUp:
    """A person says which line of the bank it is. Raises NotWaiting, OtherAmount, LineTaken."""
    locked = _locked(topup)
    if locked.state != TopUpState.WAITING:
        raise NotWaiting
    if line.amount != signed(locked):
        raise OtherAmount
    changes = {"state": (locked.state, TopUpState.MATCHED), "bank_line": (None, str(line))}
    locked.bank_line, locked.state = line, TopUpState.MATCHED
    try:
        with transaction.atomic():
            locked.save(update_fields=["bank_line", "state"])
    except IntegrityError as error:
        raise LineTaken from error
    audit.record(actor, "topup.picked", locked, changes)
    return locked


@transaction.atomic
def release_line(*, topup: TopUp, actor: Employee) -> TopUp:
    """It was another line after all: both are free again. Raises NotMatched, AlreadyPosted."""
    locked = _locked(topup)
    if locked.state == TopUpState.POSTED:
        raise AlreadyPosted
    if locked.state != TopUpState.MATCHED:
        raise NotMatched
    changes = {"state": (locked.state, TopUpState.WAITING), "bank_line": (str(locked.bank_line), None)}
    locked.bank_line, locked.state = None, TopUpState.WAITING
    locked.save(update_fields=["bank_line", "state"])
    audit.record(actor, "topup.released", locked, changes)
    return locked


@transaction.atomic
def post_topup(*, topup: TopUp, actor: Employee) -> TopUp:
    """Bring it into the ledger, with its state and its entry in the trail: all of it or nothing, and once.

    Raises AlreadyPosted, NotMatched, TopUpCancelled, and what the ledger refuses.
    """
    # The top-up first, the ledger's accounts after it: everybody locks in this order.
    locked = _locked(topup)
    if locked.state == TopUpState.POSTED:
        raise AlreadyPosted
    if locked.state == TopUpState.CANCELLED:
        raise TopUpCancelled
    if locked.state != TopUpState.MATCHED:
        raise NotMatched
    bank = Account.objects.values_list("pk", flat=True).get(code=BANK)
    owner = Account.objects.values_list("pk", flat=True)
    if locked.agent_id:
        debit, credit = bank, owner.get(agent=locked.agent_id, kind=AccountKind.AGENT)
    else:
        debit, credit = owner.get(biller=locked.biller_id, kind__in=AT_BILLERS), bank
    posted = ledger.move(
        key=f"topup:{locked.uuid}",
        kind=TransferKind.TOPUP if locked.agent_id else TransferKind.DEPOSIT_TOPUP,
        debit=debit,
        credit=credit,
        amount=locked.amount,
        memo=locked.reference,
        actor=actor,
    )
    changes = {"state": (locked.state, TopUpState.POSTED), "transfer_id": (None, posted.id)}
    locked.state, locked.transfer_id = TopUpState.POSTED, posted.id
    locked.save(update_fields=["state", "transfer_id"])
    audit.record(actor, "topup.posted", locked, changes)
    return locked


def post_matched(*, topups: list[TopUp], actor: Employee) -> tuple[int, list[tuple[TopUp, PpobError]]]:
    """Post each in a transaction of its own: how many were posted, and which were refused why."""
    posted, refused = 0, []
    for topup in topups:
        try:
            post_topup(topup=topup, actor=actor)
        except PpobError as error:
            refused.append((topup, error))
        else:
            posted += 1
    return posted, refused


@transaction.atomic
def cancel_topup(*, topup: TopUp, actor: Employee) -> TopUp:
    """Before it is posted; a line of the bank that it had is free again. Raises AlreadyPosted, TopUpCancelled."""
    locked = _locked(topup)
    if locked.state == TopUpState.POSTED:
        raise AlreadyPosted
    if locked.state == TopUpState.CANCELLED:
        raise TopUpCancelled
    changes: dict[str, tuple[Any, Any]] = {"state": (locked.state, TopUpState.CANCELLED)}
    if locked.bank_line is not None:
        changes["bank_line"] = (str(locked.bank_line), None)
    locked.state, locked.bank_line = TopUpState.CANCELLED, None
    locked.save(update_fields=["state", "bank_line"])
    audit.record(actor, "topup.cancelled", locked, changes)
    return locked


def signed(topup: TopUp) -> int:
    """As the bank writes it: an agent's money comes in, a biller's goes out."""
    return topup.amount if topup.agent_id else -topup.amount


def _locked(topup: TopUp) -> TopUp:
    return TopUp.objects.select_for_update(of=("self",)).select_related("bank_line").get(pk=topup.pk)
