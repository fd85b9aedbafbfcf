from typing import Any

from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView

from core.api.filtering import StrictFilters
from core.api.pages import KeysetPages
from core.lists import ListFilterSet


class ReadView(GenericAPIView):
    """Base of the endpoints that read: `permission`, and a selector in `get_queryset` that knows the person's scope."""

    permission = ""
    key = "uuid"

    @property
    def person(self) -> Any:
        return self.request.user

    @property
    def is_for_schema(self) -> bool:
        """drf-spectacular asks for the model without a request; nobody's rows are read then."""
        return getattr(self, "swagger_fake_view", False)


class ListView(ReadView, ListAPIView):
    """A list with filters, a page at a time."""

    pagination_class = KeysetPages
    filter_backends = (StrictFilters,)
    filterset_class: type[ListFilterSet] | None = None


class OneView(ReadView, RetrieveAPIView):
    """One object by its UUID; somebody else's is not there."""

    lookup_field = "uuid"
