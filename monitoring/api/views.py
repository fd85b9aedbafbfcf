from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ListView, OneView
from monitoring.api.serializers import MachineSerializer
from monitoring.filters import MachineFilter
from monitoring.models import Machine
from monitoring.ranges import RANGES
from monitoring.selectors import machines_visible_to, series_of


class _Machines:
    permission = "monitoring.view_machine"
    serializer_class = MachineSerializer

    def get_queryset(self) -> QuerySet[Machine]:
        if self.is_for_schema:  # type: ignore[attr-defined]  # ReadView's
            return Machine.objects.none()
        return machines_visible_to(self.person).select_related("state")  # type: ignore[attr-defined]


class MachineListApi(_Machines, ListView):
    """Machines that whoever asks may see, by name, with the filters of the page Daftar Mesin."""

    filterset_class = MachineFilter
    key = "name"


class MachineApi(_Machines, OneView):
    """One machine with its last reading."""


class MachineSeriesApi(_Machines, OneView):
    """The machine's metrics over a range that ends now, as its graphs show them; gaps are null."""

    @extend_schema(
        parameters=[OpenApiParameter("range", enum=[one.key for one in RANGES], default=RANGES[0].key)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = request.query_params.get("range", RANGES[0].key)
        lengths = {one.key: one.length for one in RANGES}
        if wanted not in lengths:
            raise ValidationError({"range": [", ".join(lengths)]})
        return Response(series_of(self.get_object(), length=lengths[wanted]))
