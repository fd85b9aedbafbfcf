from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exports import ExportableListView
from core.lists import ListColumn, Sort
from ppob import services
from ppob.access import PpobView
from ppob.choices import AccountKind
from ppob.exports import AGENTS
from ppob.filters import AgentFilter
from ppob.forms import AgentForm
from ppob.models import Agent
from ppob.selectors.agents import accounts_of, agents_visible_to, latest_sales_of, limits_of
from ppob.views.master import MasterAddView, MasterChangeView, MasterDeleteView, MasterDetailView, Noun


class AgentNoun(Noun):
    noun, nouns = "agent", pgettext_lazy("menu", "Agents")
    permission = "ppob.change_agent"

    def get_queryset(self) -> QuerySet[Agent]:
        return agents_visible_to(self.request.user)


class AgentListView(PpobView, ExportableListView):
    permission = "ppob.view_agent"
    export = AGENTS
    filterset_class = AgentFilter
    template_name = "ppob/agent_list.html"
    rows_template = "ppob/_agent_rows.html"
    sorts = (
        Sort(key="id", label=_("Agent id"), field="agent_id"),
        Sort(key="name", label=_("Name"), field="name"),
        Sort(key="registered", label=_("Registered"), field="registered_at", descending_first=True),
    )
    columns = (
        "city",
        "status",
        "level",
        "verification",
        "last_login_at",
        "corporate__code",
        "corporate__name",
    )

    optional_columns = (
        ListColumn(key="status", label=_("Status")),
        ListColumn(key="level", label=_("Level")),
        ListColumn(key="verification", label=_("Verification")),
        ListColumn(key="corporate", label=_("Corporate")),
        ListColumn(key="registered", label=_("Registered")),
        ListColumn(key="last_login", label=_("Last login")),
    )

    def get_queryset(self) -> QuerySet[Agent]:
        return agents_visible_to(self.request.user)


class AgentDetailView(AgentNoun, MasterDetailView):
    permission = "ppob.view_agent"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agent: Agent = self.object
        accounts = accounts_of(agent)
        context = {
            "accounts": accounts,
            "limits": limits_of(agent, accounts[AccountKind.AGENT], timezone.localdate()),
            "devices": agent.devices.order_by("-last_seen_at"),
            "virtual_accounts": agent.virtual_accounts.filter(is_active=True).order_by("bank"),
        }
        if self.request.user.has_perm("ppob.view_transaction"):
            context["sales"] = latest_sales_of(agent)
        return super().get_context_data(**kwargs) | context


class AgentAddView(AgentNoun, MasterAddView):
    permission = "ppob.add_agent"
    form_class = AgentForm
    title = _("Add an agent")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Agent()}

    def add(self, form: AgentForm) -> Agent:
        return services.add_agent(agent=form.instance, actor=self.request.user)


class AgentChangeView(AgentNoun, MasterChangeView):
    form_class = AgentForm

    def change(self, form: AgentForm) -> bool:
        return services.change_agent(agent=self.thing, new=form.new, actor=self.request.user)


class AgentDeleteView(AgentNoun, MasterDeleteView):
    question = _("Delete agent %(name)s?")
    consequence = _(
        "The agent never sells again, and a closed agent does not come back. Its sales, balances and history stay."
    )
    done = _("%(name)s is closed; its history stays.")

    def retire(self) -> None:
        services.close_agent(agent=self.thing, actor=self.request.user)
