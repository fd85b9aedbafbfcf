"""The graphs of a machine's page, in their order: which metrics share one, and what they are called."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.metrics import METRIC, METRICS
from monitoring.units import measure


@dataclass(frozen=True)
class Graph:
    key: str
    title: Any
    metrics: tuple[str, ...]
    note: Any = ""
    # Short ones where the title says the rest: "Network", in and out.
    labels: tuple[Any, ...] = ()

    @property
    def series(self) -> list[dict[str, str]]:
        labels = self.labels or tuple(METRIC[name].label for name in self.metrics)
        return [{"name": name, "label": str(label)} for name, label in zip(self.metrics, labels, strict=True)]

    @property
    def series_json(self) -> str:
        """For an attribute of the graph's element."""
        return json.dumps(self.series)


GRAPHS = (
    Graph("cpu", gettext_lazy("CPU and I/O wait"), ("cpu", "iowait")),
    Graph(
        "load", gettext_lazy("Load"), ("load1",), gettext_lazy("processes that run or wait, mean of a minute")
    ),
    Graph("memory", gettext_lazy("Memory and swap"), ("mem_pct", "swap_pct")),
    Graph(
        "network",
        gettext_lazy("Network"),
        ("net_rx", "net_tx"),
        labels=(gettext_lazy("in"), gettext_lazy("out")),
    ),
    Graph(
        "disk-io",
        gettext_lazy("Disk traffic"),
        ("disk_read", "disk_write"),
        labels=(gettext_lazy("read"), gettext_lazy("write")),
    ),
    Graph("disk", gettext_lazy("Disk use"), ("disk_pct",), gettext_lazy("the fullest one")),
    Graph("processes", gettext_lazy("Processes"), ("processes",)),
)


def metrics_for_graphs() -> dict[str, dict[str, Any]]:
    """Labels, units and limits of all metrics, for the page's scripts."""
    return {
        metric.name: {
            "label": str(metric.label),
            "unit": metric.unit,
            "warning": metric.warning,
            "danger": metric.danger,
            "warning_label": _("yellow from %(limit)s") % {"limit": measure(metric.warning, metric.unit)},
            "danger_label": _("red from %(limit)s") % {"limit": measure(metric.danger, metric.unit)},
        }
        for metric in METRICS
    }
