"""What is measured at a machine, and what a graph of it is called: the one list that samples, roll-ups and pages share."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Metric:
    """`unit` is one of percent, load, bytes_per_s, count; `warning` and `danger` are the fixed upper limits."""

    name: str
    label: Any
    unit: str
    warning: float | None = None
    danger: float | None = None


# Each is a column of Sample, and a minimum, maximum, mean, median and 95th percentile of RollUp.
METRICS = (
    Metric("cpu", _("CPU"), "percent", 80, 95),
    Metric("iowait", _("I/O wait"), "percent", 30, 60),
    Metric("load1", _("Load (1 minute)"), "load"),
    Metric("mem_pct", _("Memory"), "percent", 85, 95),
    Metric("swap_pct", _("Swap"), "percent", 50, 80),
    Metric("disk_pct", _("Fullest disk"), "percent", 85, 95),
    Metric("net_rx", _("Network in"), "bytes_per_s"),
    Metric("net_tx", _("Network out"), "bytes_per_s"),
    Metric("disk_read", _("Disk read"), "bytes_per_s"),
    Metric("disk_write", _("Disk write"), "bytes_per_s"),
    Metric("processes", _("Processes"), "count"),
)
METRIC = {metric.name: metric for metric in METRICS}
AGGREGATES = ("min", "max", "mean", "p50", "p95")
