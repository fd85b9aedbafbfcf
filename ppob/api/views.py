from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import Refusal
from ppob.api import schemas
from ppob.api.batches import SignedView, each, items_of, json_of, refused
from ppob.api.fields import Field, Unfit, read
from ppob.api.items import BALANCE, ECHO, HOLD, HOLD_KEY, MESSAGE, stated_sale
from ppob.exceptions import HoldEnded, PpobError, UnknownHold
from ppob.services.advices import fetch_advices
from ppob.services.core_news import Echo, Reported, Said, note_balances, note_echoes, note_messages
from ppob.services.holds import hold_money, release_hold
from ppob.services.reporting import Stated, take_reports
from ppob.services.sales import Outcome

ADVICES_AT_ONCE = 200
T = TypeVar("T")


class TransactionBatchApi(SignedView):
    """State what was sold."""

    @extend_schema(
        operation_id="ppob_transactions_report",
        request=schemas.SALES,
        responses={(200, "application/json"): schemas.SALES_ANSWER},
        description=(
            "Up to 500 sales, each taken or refused by itself; the answers stand in the order of the items. A sale is never"
            " refused for want of money: `exception` says why it went to the agent's receivable. Sent again, also in"
            " another batch, an item is answered as the first time and has no second effect; the same noref with"
            " another payload is refused, and so is a state that would move backwards."
        ),
    )
    def post(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return Response({"results": each(items_of(request, "transactions"), stated_sale, _report)})


class HoldApi(SignedView):
    """Ask for money to be set aside."""

    @extend_schema(
        operation_id="ppob_holds_make",
        request=schemas.HOLD,
        responses={
            (200, "application/json"): schemas.HOLD_ANSWER,
            (409, "application/json"): schemas.ERROR,
        },
        description=(
            "Before the sale. Refused with 409: `not_enough` (`extra` has `need` and `available`), `over_limit` (`limit`),"
            " `unknown_agent`, `different_payload`. The sale names the hold; success captures it, failure releases it."
        ),
    )
    def post(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        try:
            wish = read(HOLD, json_of(request))
        except Unfit as error:
            raise _invalid(error) from error
        try:
            held = hold_money(
                key=wish["key"],
                agent=wish["agent"],
                amount=wish["amount"],
                expires_in=timedelta(seconds=wish["expires_in"]),
            )
        except PpobError as error:
            return _refusal(error)
        return Response({"key": held.key, "amount": held.amount, "expires_at": held.expires_at})


class HoldReleaseApi(SignedView):
    """Give back what was held."""

    @extend_schema(
        operation_id="ppob_holds_release",
        request=None,
        responses={
            (200, "application/json"): schemas.RELEASED,
            (409, "application/json"): schemas.ERROR,
        },
        description="For a sale that does not happen. Again, nothing more happens; a captured hold is refused.",
    )
    def post(self, request: Request, key: str) -> Response:
        return self.once(request, key=key)

    def act(self, request: Request, **kwargs: Any) -> Response:
        try:
            release_hold(key=HOLD_KEY.read(kwargs["key"]))
        except (Unfit, UnknownHold):
            return _refusal(UnknownHold(), status=404)
        except HoldEnded as error:
            return _refusal(error)
        return Response({"key": kwargs["key"], "released": True})


class AdviceListApi(SignedView):
    """What the back office wants to know."""

    @extend_schema(
        operation_id="ppob_advices_fetch",
        responses={(200, "application/json"): schemas.ADVICES},
        description=(
            "Sales whose end is asked for, oldest first, at most 200; they count as fetched from now on, and come again until"
            " they are answered: by a report of the transaction's state."
        ),
    )
    def get(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return Response(
            {
                "results": [
                    {
                        "transaction": question.transaction_id,
                        "biller": question.biller.code,
                        "noref": question.noref,
                        "business_on": question.business_on,
                        "occurred_at": question.occurred_at,
                        "asked_at": question.asked_at,
                    }
                    for question in fetch_advices(limit=ADVICES_AT_ONCE)
                ]
            }
        )


class BalanceBatchApi(SignedView):
    """What billers say our deposit is."""

    @extend_schema(
        operation_id="ppob_balances_report",
        request=schemas.BALANCES,
        responses={(200, "application/json"): schemas.TAKEN},
        description="Each figure is kept once.",
    )
    def post(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _noted(request, "balances", BALANCE, Reported, note_balances, field="biller")


class ConnectionBatchApi(SignedView):
    """How the lines to the billers are."""

    @extend_schema(
        operation_id="ppob_connections_report",
        request=schemas.ECHOES,
        responses={(200, "application/json"): schemas.TAKEN},
        description="The newest counts, in whatever order they come.",
    )
    def post(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _noted(request, "connections", ECHO, Echo, note_echoes, field="connection")


class MessageBatchApi(SignedView):
    """What was said on the lines."""

    @extend_schema(
        operation_id="ppob_messages_report",
        request=schemas.MESSAGES,
        responses={(200, "application/json"): schemas.TAKEN},
        description="Of the last day. Card and identity numbers, PINs and passwords are masked before anything is kept.",
    )
    def post(self, request: Request) -> Response:
        return self.once(request)

    def act(self, request: Request, **kwargs: Any) -> Response:
        return _noted(request, "messages", MESSAGE, Said, note_messages, field="connection")


def _report(stated: list[Stated]) -> list[dict[str, Any]]:
    return [_answer(outcome) for outcome in take_reports(stated)]


def _answer(outcome: Outcome) -> dict[str, Any]:
    known = {"transaction": outcome.transaction_id, "business_on": outcome.business_on}
    if outcome.is_taken:
        return {"answer": "taken", **known, "exception": outcome.exception}
    field, message = _refusals()[outcome.answer]
    return refused(Unfit(outcome.answer, message, field), **(known if outcome.transaction_id else {}))


def _refusals() -> dict[str, tuple[str, str]]:
    return {
        "different": ("noref", _("This noref was used before, for another sale.")),
        "backwards": ("state", _("A transaction's state only moves forward.")),
        "unknown_biller": ("biller", _("There is no such biller.")),
        "unknown_agent": ("agent", _("There is no such agent.")),
        "unknown_product": ("product", _("There is no such product.")),
        "unknown_hold": ("hold", _("There is no such hold of this agent.")),
        "unpostable": ("", _("The ledger cannot take this; tell IT support.")),
    }


def _noted(
    request: Request,
    name: str,
    fields: dict[str, Field],
    kind: Callable[..., T],
    note: Callable[[list[T]], list[bool]],
    *,
    field: str,
) -> Response:
    """Items that are kept as they are, but for those that name what nobody knows."""
    unknown = Unfit(f"unknown_{field}", _("There is none of this code."), field)

    def take(found: list[T]) -> list[dict[str, Any]]:
        return [{"answer": "taken"} if is_known else refused(unknown) for is_known in note(found)]

    return Response({"results": each(items_of(request, name), lambda raw: kind(**read(fields, raw)), take)})


def _invalid(error: Unfit) -> Refusal:
    return Refusal(str(error), code="invalid", status=400, **{error.field or "body": [str(error)]})


def _refusal(error: PpobError, status: int = 409) -> Response:
    """Returned and not raised: its nonce stays used, so that the same call cannot succeed later."""
    facts = {name: fact for name, fact in error.facts.items() if name != "account"}
    return Response({"code": error.code, "message": str(error), "extra": facts}, status=status)
