"""The pages of the machines. Who may see which machine is `machines_visible_to`; the rest is 404."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from core.access import PortalView
from core.broker import impatient_connection
from core.exceptions import GeraiError
from core.exports import ExportableListView
from core.lists import ListColumn, Sort
from monitoring.choices import Status, TransportKind
from monitoring.exceptions import NoWorker
from monitoring.exports import MACHINES
from monitoring.filters import MachineFilter
from monitoring.graphs import GRAPHS, metrics_for_graphs
from monitoring.models import Machine, MachineFacts, MachineState
from monitoring.polling.status import Verdict
from monitoring.ranges import RANGES, range_from
from monitoring.selectors import machines_visible_to, series_of
from monitoring.services import end_load, request_load
from monitoring.tasks import run_load

# A machine that was never polled sorts where one sorts that stopped answering. One text, for a page's cursor holds one
# value: the worst have the smallest number in front, and equally bad ones stand by name.
_SEVERITY = Coalesce("state__severity", Value(Verdict(Status.NO_DATA, []).severity))
WORST_FIRST = Concat(Cast(9999 - _SEVERITY, CharField()), Value(" "), "name")


class MachineListView(ExportableListView):
    """Worst first; the rows go on living where they stand."""

    permission = "monitoring.view_machine"
    export = MACHINES
    template_name = "monitoring/machine_list.html"
    rows_template = "monitoring/_machine_rows.html"
    filterset_class = MachineFilter
    page_size = 50
    sorts = (
        Sort(key="status", label=gettext_lazy("Status"), field="worst_first"),
        Sort(key="name", label=gettext_lazy("Name"), field="name"),
    )
    optional_columns = (
        ListColumn(key="kind", label=gettext_lazy("Machine kind")),
        ListColumn(key="use", label=gettext_lazy("Use")),
        ListColumn(key="remarks", label=gettext_lazy("Remarks")),
        ListColumn(key="cpu", label=gettext_lazy("CPU")),
        ListColumn(key="memory", label=gettext_lazy("Memory")),
        ListColumn(key="seen", label=gettext_lazy("Last answer")),
    )

    def get_queryset(self) -> QuerySet[Machine]:
        return (
            machines_visible_to(self.request.user).select_related("state").annotate(worst_first=WORST_FIRST)
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"all_statuses": Status}


class MachineDetailView(PortalView, DetailView):
    """One machine: how it does now, how it did, what it is."""

    permission = "monitoring.view_machine"
    template_name = "monitoring/machine_detail.html"

    def get_queryset(self) -> QuerySet[Machine]:
        return (
            machines_visible_to(self.request.user)
            .select_related("state", "facts")
            .prefetch_related("divisions", "pics")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        machine = self.object
        state, facts = getattr(machine, "state", None), getattr(machine, "facts", None)
        load = machine.load_runs.filter(ended_at__isnull=True).first()
        return super().get_context_data(**kwargs) | {
            "state": state,
            "facts": facts,
            "memory_free": free_memory(facts, state),
            "ranges": RANGES,
            "range": range_from(self.request.GET.get("range")),
            "graphs": GRAPHS,
            "metrics": metrics_for_graphs(),
            "all_statuses": Status,
            "load": load,
            "load_until": load and (load.claimed_at or load.requested_at) + timedelta(seconds=load.seconds),
            "may_load": machine.transport == TransportKind.LOCAL
            and self.request.user.has_perm("monitoring.load_machine"),
        }


def free_memory(facts: MachineFacts | None, state: MachineState | None) -> int | None:
    """Total less used, when both are known."""
    used = state.values.get("mem_used") if state else None
    return facts.memory_bytes - used if facts and facts.memory_bytes and used is not None else None


class MachineSeriesView(PortalView, View):
    """The numbers of a machine's graphs, for one range of the picker."""

    permission = "monitoring.view_machine"

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        machine = get_object_or_404(machines_visible_to(request.user), pk=pk)
        wanted = range_from(request.GET.get("range"))
        return JsonResponse(series_of(machine, length=wanted.length))


class MachineLoadView(PortalView, View):
    """ "Load this machine for 60 seconds": only the host the portal runs on, one run at a time."""

    permission = "monitoring.load_machine"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        machine = get_object_or_404(machines_visible_to(request.user), pk=pk)
        try:
            _start_load(machine, request.user)
        except GeraiError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The load starts within seconds. Watch the CPU rise."))
        return redirect("monitoring:machine-detail", pk=machine.pk)


def _start_load(machine: Machine, actor: Any) -> None:
    """Ask for the run and hand it to a worker; without a broker the run is ended, so that the next try is free."""
    load = request_load(machine=machine, actor=actor)
    try:
        with impatient_connection() as broker:
            run_load.apply_async((load.pk,), connection=broker, retry=False)  # type: ignore[call-arg]  # stubs
    except (KombuError, OSError, RedisError) as error:
        end_load(load.pk)
        raise NoWorker from error
