"""What is audited of the payment point's balances, top-ups, redemptions and reports."""

from django.utils import timezone

from ppob import ledger
from ppob import services as ppob
from ppob.models import (
    Account,
    AdviceRequest,
    PostingException,
    Redemption,
    ReportedBalance,
    Reward,
    SavedReport,
    TopUp,
    Transaction,
)
from ppob.services.sales import report_sales
from ppob.tests.balance_world import make_line, make_topup
from ppob.tests.factories import (
    AgentFactory,
    RedemptionFactory,
    RewardFactory,
)
from ppob.tests.ledger_factories import House, make_agent, make_biller
from tests.audit.acts import Services, Writers, ppob_boss


def ask_redemption():
    agent, reward = AgentFactory(), RewardFactory()
    return lambda: ppob.ask_redemption(agent=agent, reward=reward, actor=None)


def _asked():
    agent = make_agent()
    ledger.receive_points(agent=agent.agent_id, amount=100, key=f"points:{agent.pk}")
    return RedemptionFactory(agent=agent)


def approve_redemption():
    asked, actor = _asked(), ppob_boss()
    return lambda: ppob.approve_redemption(redemption=asked, actor=actor)


def refuse_redemption():
    asked, actor = _asked(), ppob_boss()
    return lambda: ppob.refuse_redemption(redemption=asked, actor=actor)


def hand_over_reward():
    approved = RedemptionFactory(state="approved")
    return lambda: ppob.hand_over_reward(redemption=approved, actor=None)


def record_reported():
    biller, actor = make_biller(), ppob_boss()
    return lambda: ppob.record_reported(biller=biller, amount=5_000_000, at=timezone.now(), actor=actor)


def add_topup():
    agent = make_agent()
    return lambda: ppob.add_topup(amount=50_000, reference="TU-1", actor=None, agent=agent)


def _matched():
    topup, actor = make_topup(), ppob_boss()
    return ppob.pick_line(topup=topup, line=make_line(topup), actor=actor), actor


def match_topups():
    make_line(make_topup())
    return lambda: ppob.match_topups(actor=None)


def pick_line():
    topup, actor = make_topup(), ppob_boss()
    line = make_line(topup)
    return lambda: ppob.pick_line(topup=topup, line=line, actor=actor)


def release_line():
    topup, actor = _matched()
    return lambda: ppob.release_line(topup=topup, actor=actor)


def post_topup():
    topup, actor = _matched()
    return lambda: ppob.post_topup(topup=topup, actor=actor)


def post_matched():
    topup, actor = _matched()
    return lambda: ppob.post_matched(topups=[topup], actor=actor)


def cancel_topup():
    topup, actor = make_topup(), ppob_boss()
    return lambda: ppob.cancel_topup(topup=topup, actor=actor)


def _sold(balance=1_000_000, **fields):
    house = House.make(balance=balance)
    (outcome,) = report_sales([house.sale(**fields)])
    return Transaction.objects.get(pk=outcome.transaction_id)


def ask_advice():
    sale = _sold(state="suspect")
    return lambda: ppob.ask_advice(sale=sale, actor=None)


def close_exception():
    sale, actor = _sold(balance=0), ppob_boss()
    exception = PostingException.objects.get(transaction_id=sale.pk)
    return lambda: ppob.close_exception(exception=exception, note="Lunas", actor=actor)


def save_report():
    owner = ppob_boss()
    return lambda: ppob.save_report(owner=owner, recipients=[], name="Harian", columns=["noref"])


def change_report():
    owner = ppob_boss()
    report = ppob.save_report(owner=owner, recipients=[], name="Harian", columns=["noref"])
    return lambda: ppob.change_report(
        report=report, new={"name": "Mingguan"}, recipients=[owner], actor=owner
    )


def delete_report():
    owner = ppob_boss()
    report = ppob.save_report(owner=owner, recipients=[], name="Harian", columns=["noref"])
    return lambda: ppob.delete_report(report=report, actor=owner)


SERVICES: Services = {
    "ppob.services.ask_redemption": [ask_redemption],
    "ppob.services.approve_redemption": [approve_redemption],
    "ppob.services.refuse_redemption": [refuse_redemption],
    "ppob.services.hand_over_reward": [hand_over_reward],
    "ppob.services.record_reported": [record_reported],
    "ppob.services.add_topup": [add_topup],
    "ppob.services.match_topups": [match_topups],
    "ppob.services.pick_line": [pick_line],
    "ppob.services.release_line": [release_line],
    "ppob.services.post_topup": [post_topup],
    "ppob.services.post_matched": [post_matched],
    "ppob.services.cancel_topup": [cancel_topup],
    "ppob.services.ask_advice": [ask_advice],
    "ppob.services.close_exception": [close_exception],
    "ppob.services.save_report": [save_report],
    "ppob.services.change_report": [change_report],
    "ppob.services.delete_report": [delete_report],
}

WRITERS: Writers = {
    "ppob.services.redemptions.ask_redemption": ("ppob.services.ask_redemption",),
    "ppob.services.redemptions._decide": (
        "ppob.services.approve_redemption",
        "ppob.services.refuse_redemption",
    ),
    "ppob.services.redemptions.hand_over_reward": ("ppob.services.hand_over_reward",),
    "ppob.services.balances.record_reported": ("ppob.services.record_reported",),
    "ppob.services.topups.add_topup": ("ppob.services.add_topup",),
    "ppob.services.topups.match_topups": ("ppob.services.match_topups",),
    "ppob.services.topups.pick_line": ("ppob.services.pick_line",),
    "ppob.services.topups.release_line": ("ppob.services.release_line",),
    "ppob.services.topups.post_topup": ("ppob.services.post_topup", "ppob.services.post_matched"),
    "ppob.services.topups.cancel_topup": ("ppob.services.cancel_topup",),
    "ppob.services.advices.ask_advice": ("ppob.services.ask_advice",),
    "ppob.services.posting_exceptions.close_exception": ("ppob.services.close_exception",),
    "ppob.services.reports.save_report": ("ppob.services.save_report",),
    "ppob.services.reports.change_report": ("ppob.services.change_report",),
    "ppob.services.reports.delete_report": ("ppob.services.delete_report",),
}

# What must be as it was when an act is refused.
ROWS = (Account, Redemption, Reward, AdviceRequest, PostingException, SavedReport, ReportedBalance, TopUp)
