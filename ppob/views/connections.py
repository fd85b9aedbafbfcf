from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.exports import ExportableListView
from core.lists import Sort
from ppob import services
from ppob.access import PpobView
from ppob.exports import CONNECTIONS
from ppob.filters import ConnectionFilter
from ppob.forms import ConnectionForm
from ppob.models import Connection
from ppob.selectors.connections import connections_visible_to
from ppob.views.master import (
    MasterAddView,
    MasterChangeView,
    MasterDeleteView,
    MasterDetailView,
    Noun,
    OneThing,
)


class ConnectionNoun(Noun):
    noun, nouns = "connection", _("Connections")
    permission = "ppob.change_connection"

    def get_queryset(self) -> QuerySet[Connection]:
        return connections_visible_to(self.request.user)


class ByCode(OneThing):
    """Mixin: a line has a code and no name."""

    @cached_property
    def name(self) -> str:
        return str(self.thing.code)


class ConnectionListView(PpobView, ExportableListView):
    permission = "ppob.view_connection"
    export = CONNECTIONS
    filterset_class = ConnectionFilter
    template_name = "ppob/connection_list.html"
    rows_template = "ppob/_connection_rows.html"
    sorts = (Sort(key="code", label=_("Code"), field="code"),)

    def get_queryset(self) -> QuerySet[Connection]:
        return connections_visible_to(self.request.user)


class ConnectionDetailView(ConnectionNoun, MasterDetailView):
    permission = "ppob.view_connection"


class ConnectionAddView(ConnectionNoun, MasterAddView):
    permission = "ppob.add_connection"
    form_class = ConnectionForm
    title = _("Add a connection")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Connection()}

    def add(self, form: ConnectionForm) -> Connection:
        return services.add_connection(connection=form.instance, actor=self.request.user)


class ConnectionChangeView(ConnectionNoun, ByCode, MasterChangeView):
    form_class = ConnectionForm

    def change(self, form: ConnectionForm) -> bool:
        return services.change_connection(connection=self.thing, new=form.new, actor=self.request.user)


class ConnectionDeleteView(ConnectionNoun, ByCode, MasterDeleteView):
    question = _("Delete connection %(name)s?")
    consequence = _(
        "The line is used no more from this moment on. What was said on it stays; whoever may change connections can use it again."
    )
    done = _("%(name)s is switched off; its history stays.")

    def retire(self) -> None:
        services.switch_off_connection(connection=self.thing, actor=self.request.user)
