from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from betaapp import services
from betaapp.api.authentication import IsStore, StoreAuthentication, StoreThrottle
from betaapp.api.serializers import FeedbackSerializer, HeartbeatSerializer
from betaapp.exceptions import BetaError, NotTried, UnknownVersion
from betaapp.models import StoreTrial
from betaapp.selectors.versions import expected_at
from betaapp.services.heartbeats import Said
from core.api.errors import Refusal
from organization.models import Store

_CODE = {"type": "string", "description": "A code."}
EXPECTED = {
    "type": "object",
    "required": ["store", "applications"],
    "properties": {
        "store": _CODE,
        "applications": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "version", "trial", "until"],
                "properties": {
                    "code": _CODE,
                    "version": {"type": "string"},
                    "trial": {"type": "boolean"},
                    "until": {"type": "string", "format": "date", "nullable": True},
                },
            },
        },
    },
}
HEARD = {
    "type": "object",
    "required": ["devices"],
    "properties": {
        "devices": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "changed", "late"],
                "properties": {
                    "name": {"type": "string"},
                    "changed": {"type": "integer"},
                    "late": {"type": "boolean"},
                },
            },
        }
    },
}
ERROR = {"$ref": "#/components/schemas/Error"}


class StoreView(APIView):
    """Base: the store is the key's; a store that is named as well has to be the same one, or it is not there."""

    authentication_classes = (StoreAuthentication,)
    permission_classes = (IsStore,)
    throttle_classes = (StoreThrottle,)

    def store_of(self, request: Request, named: str | None = None) -> Store:
        store: Store = request.auth.store
        if named is not None and named != store.code:
            raise NotFound
        return store


class ExpectedVersionsApi(StoreView):
    """What this store should run now."""

    @extend_schema(operation_id="beta_expected", responses={(200, "application/json"): EXPECTED})
    def get(self, request: Request) -> Response:
        store = self.store_of(request)
        applications = [
            {
                "code": one.application.code,
                "version": one.version.number,
                "trial": one.trial is not None,
                "until": _last_day(one.trial) if one.trial else None,
            }
            for one in expected_at(store, timezone.now())
        ]
        return Response({"store": store.code, "applications": applications})


def _last_day(trial: StoreTrial) -> Any:
    return trial.days.upper - timedelta(days=1)


class HeartbeatApi(StoreView):
    """What the store's computers run; every fifteen minutes, and after each update."""

    @extend_schema(
        operation_id="beta_heartbeats_report",
        request=HeartbeatSerializer,
        responses={(200, "application/json"): HEARD, (409, "application/json"): ERROR},
        description=(
            "All of it is taken or none. Refused with 409: `unknown_version` (`extra.versions`), `clock_ahead`,"
            " `too_many_devices`. A word that is not later than the last one of the same computer is `late` and changes"
            " nothing."
        ),
    )
    def post(self, request: Request) -> Response:
        sent = HeartbeatSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        beat = sent.validated_data
        said = [Said(one["name"], one["kind"], one["versions"]) for one in beat["devices"]]
        store = self.store_of(request, beat.get("store"))
        try:
            heard = services.hear(store=store, said=said, at=beat.get("at") or timezone.now())
        except BetaError as refused:
            raise _refusal(refused) from refused
        devices = [{"name": one.name, "changed": one.changed, "late": one.is_late} for one in heard]
        return Response({"devices": devices})


class FeedbackApi(StoreView):
    """What somebody typed at one of the store's computers about a version on trial."""

    @extend_schema(
        operation_id="beta_feedback_send",
        request=FeedbackSerializer,
        responses={
            (201, "application/json"): {
                "type": "object",
                "properties": {"id": {"type": "string", "format": "uuid"}},
            },
            (409, "application/json"): ERROR,
        },
        description="Refused with 409 `not_tried` where the store does not try this application now.",
    )
    def post(self, request: Request) -> Response:
        sent = FeedbackSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        store = self.store_of(request, given.get("store"))
        trial = (
            StoreTrial.objects.filter(
                store=store, application__code=given["application"], days__contains=timezone.localdate()
            )
            .order_by("pk")
            .first()
        )
        try:
            if trial is None:
                raise NotTried
            feedback = services.give_feedback(
                store=store, trial=trial, rating=given["rating"], text=given["text"], sent_by=given["device"]
            )
        except BetaError as refused:
            raise _refusal(refused) from refused
        feedback.refresh_from_db(fields=["uuid"])
        return Response({"id": str(feedback.uuid)}, status=201)


def _refusal(error: BetaError) -> Refusal:
    extra: dict[str, Any] = {}
    if isinstance(error, UnknownVersion):
        extra = {
            "versions": [{"application": code, "version": number} for code, number in error.versions[:50]]
        }
    return Refusal(str(error), code=error.code, **extra)
