"""Pages by position, as in the lists of the portal: `limit` rows after a sealed `cursor`, at the same cost at any depth."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.lists.cursor import UnusableCursor, fingerprint, seal, unseal
from core.lists.keyset import Page, read_page
from core.lists.sorts import Order, Sort


class KeysetPages(BasePagination):
    """`{"results": [...], "next": address or null}`. The view names its unique column in `key`."""

    default_limit, most = 50, 200
    page: Page

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        self.request, self.limit = request, self._limit(request)
        filters = sorted(
            (name, values)
            for name, values in request.query_params.lists()
            if name not in ("cursor", "limit", "format")
        )
        self.name = fingerprint("api", type(view).__qualname__, filters)
        order = Order(Sort(key=view.key, label="", field=view.key), descending=False)
        self.page = read_page(queryset, order=order, size=self.limit, position=self._position(request))
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        properties = {"results": schema, "next": address}
        return {"type": "object", "required": ["results", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.most, "default": self.default_limit}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
        ]

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", "")
        if not text:
            return self.default_limit
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.most):
            raise ValidationError({"limit": [f"1–{self.most}"]})
        return int(text)

    def _position(self, request: Request) -> Any:
        cursor = request.query_params.get("cursor", "")
        if not cursor:
            return None
        try:
            return unseal(cursor, of=self.name)
        except UnusableCursor:
            raise ValidationError(
                {"cursor": ["This cursor belongs to another list, or was altered."]}
            ) from None

    def _next(self) -> str | None:
        if self.page.next is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = seal(self.page.next, of=self.name)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")
