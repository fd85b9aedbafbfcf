"""What people of the back office have done with the demo's money: top-ups and the bank's word on them, redemptions, the
ledger days that were closed; and the sums that pages read instead of the sales.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.models import Employee
from ppob import services
from ppob.choices import AccountKind, TopUpState, TransferKind
from ppob.models import Account, Agent, BankLine, Biller, Delta, Entry, Reward, TopUp, Transfer
from ppob.services.balances import compare_new_figures
from ppob.services.proof import close_days
from ppob.services.summaries import summarise_changed

WIB = ZoneInfo("Asia/Jakarta")
OF_AGENTS, BANKS = 60, ("BCA", "BNI", "BRI", "Mandiri")
ASKED, DECIDED = 4, 7
Progress = Callable[[float, str], None]


def load(*, days: int, seed: int, progress: Progress, now: datetime | None = None) -> dict[str, int]:
    """After the sales, inside the caller's transaction; the rows by model."""
    now = now or timezone.now()
    chance = random.Random(f"money {seed}")
    summarise_changed(since=now - timedelta(days=days + 1))
    compare_new_figures()
    progress(0.4, "PPOB: sales summed up")
    counts = _top_ups(chance, now) | _redemptions()
    progress(0.5, "PPOB: top-ups, bank statement, redemptions")
    # The proof itself wants a transaction of its own; beat makes it tonight, and a button at any time.
    close_days(timezone.localdate(now, WIB) - timedelta(days=1))
    progress(1, "PPOB: ledger days closed")
    return counts


def _top_ups(chance: random.Random, now: datetime) -> dict[str, int]:
    """What was posted, with the bank's line; and a few of today that somebody has to look at."""
    posted = [
        *_posted(TransferKind.DEPOSIT_TOPUP, AccountKind.BILLER_DEPOSIT, 100),
        *_posted(TransferKind.TOPUP, AccountKind.AGENT, OF_AGENTS),
    ]
    lines, topups = [], []
    for number, (transfer, account) in enumerate(posted):
        amount = transfer.amount
        line = BankLine(
            bank=chance.choice(BANKS),
            booked_on=transfer.created_at.astimezone(WIB).date(),
            amount=-amount if account.biller_id else amount,
            reference=f"TU{transfer.posted_on:%y%m%d}{number:05}",
            description="SETORAN DEPOSIT" if account.biller_id else "TRSF E-BANKING CR",
        )
        topup = TopUp(
            agent_id=account.agent_id,
            biller_id=account.biller_id,
            amount=amount,
            reference=line.reference,
            state=TopUpState.POSTED,
            asked_at=transfer.created_at - timedelta(minutes=chance.randrange(3, 50)),
            bank_line=line,
            transfer_id=transfer.pk,
        )
        lines.append(line)
        topups.append(topup)
    more = _of_today(chance, now)
    lines += [line for line, _topup in more if line is not None]
    topups += [topup for _line, topup in more if topup is not None]
    BankLine.objects.bulk_create(lines)
    TopUp.objects.bulk_create(topups)
    return {"ppob.bankline": len(lines), "ppob.topup": len(topups)}


def _posted(kind: TransferKind, owner: AccountKind, count: int) -> list[tuple[Transfer, Account]]:
    """The latest transfers of this kind, each with the account that it filled."""
    transfers = {one.pk: one for one in Transfer.objects.filter(kind=kind).order_by("-pk")[:count]}
    accounts = {one.pk: one for one in Account.objects.filter(kind=owner)}
    table = Delta if owner == AccountKind.BILLER_DEPOSIT else Entry
    legs = table.objects.filter(transfer_id__in=transfers).values_list("transfer_id", "account_id")
    return [(transfers[transfer], accounts[account]) for transfer, account in legs if account in accounts]


def _of_today(chance: random.Random, now: datetime) -> list[tuple[BankLine | None, TopUp | None]]:
    """Waiting for the bank, matched and not yet posted, cancelled; and two lines of the bank that nobody knows."""
    today = now.astimezone(WIB).date()
    agents = chance.sample(list(Agent.objects.filter(status="active").order_by("pk")[:400]), 9)
    found: list[tuple[BankLine | None, TopUp | None]] = []
    for number, agent in enumerate(agents):
        state = (TopUpState.WAITING, TopUpState.MATCHED, TopUpState.MATCHED, TopUpState.WAITING)[number % 4]
        if number == 8:
            state = TopUpState.CANCELLED
        amount = chance.choice((250_000, 500_000, 1_000_000, 1_500_000))
        reference = f"TU{today:%y%m%d}9{number:04}"
        line = None
        if state == TopUpState.MATCHED:
            line = BankLine(
                bank="BCA",
                booked_on=today,
                amount=amount,
                reference=reference,
                description="TRSF E-BANKING CR",
            )
        asked_at = now - timedelta(minutes=chance.randrange(6, 300))
        topup = TopUp(
            agent=agent, amount=amount, reference=reference, state=state, asked_at=asked_at, bank_line=line
        )
        found.append((line, topup))
    biller = Biller.objects.filter(is_active=True, settlement="prefunded").order_by("code").first()
    if biller is not None:
        waiting = TopUp(biller=biller, amount=100_000_000, reference=f"DEP{today:%y%m%d}01", asked_at=now)
        found.append((None, waiting))
    for number, amount in enumerate((500_000, 750_000)):
        reference = f"TRF{today:%y%m%d}{number:03}"
        unknown = BankLine(
            bank="BRI",
            booked_on=today,
            amount=amount,
            reference=reference,
            description="TRANSFER TANPA BERITA",
        )
        found.append((unknown, None))
    return found


def _redemptions() -> dict[str, int]:
    """Asked for by the agents' app; some were decided, by the services that decide in earnest."""
    boss = Employee.objects.filter(nik=ROLE_CARDS[Role.PPOB_ADMINISTRATOR]).first()
    rewards = list(Reward.objects.filter(is_active=True, stock__gt=5).order_by("points"))
    rich = Account.objects.filter(kind=AccountKind.AGENT_POINTS, balance__gt=0)
    rich = rich.select_related("agent").order_by("-balance", "pk")[: ASKED + DECIDED]
    made = 0
    for number, account in enumerate(rich):
        within_reach = [one for one in rewards if one.points <= account.balance]
        if not within_reach or account.agent is None:
            continue
        reward = within_reach[-1 - number % min(3, len(within_reach))]
        asked = services.ask_redemption(agent=account.agent, reward=reward, actor=None)
        made += 1
        if boss is None or number < ASKED:
            continue
        if number % 4 == 3:
            services.refuse_redemption(redemption=asked, actor=boss)
            continue
        services.approve_redemption(redemption=asked, actor=boss)
        if number % 2:
            services.hand_over_reward(redemption=asked, actor=boss)
    return {"ppob.redemption": made}
