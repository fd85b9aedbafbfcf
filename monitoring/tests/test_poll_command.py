"""`monitoring_poll`: the answer is a contract (one JSON object, a key for each machine)."""

import json
import os
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from monitoring.models import MachineState, Sample
from monitoring.polling import lease as leases
from monitoring.tests.factories import MachineFactory

pytestmark = pytest.mark.django_db


def poll(*arguments):
    out = StringIO()
    call_command("monitoring_poll", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_this_host_agrees_with_proc():
    ((_, answer),) = poll("--once", "--json").items()

    meminfo = Path("/proc/meminfo").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in meminfo}
    disk = shutil.disk_usage("/")
    root = next(each for each in answer["disks"] if each["mount"] == "/")
    assert answer["metrics"]["mem_pct"] == pytest.approx(
        100 * (1 - kilobytes["MemAvailable"] / kilobytes["MemTotal"]), abs=5
    )
    assert answer["metrics"]["load1"] == pytest.approx(os.getloadavg()[0], abs=1)
    assert root["pct"] == pytest.approx(100 * disk.used / (disk.used + disk.free), abs=2)
    assert 0 <= answer["metrics"]["cpu"] <= 100


def test_it_says_status_metrics_and_cost():
    ((_, answer),) = poll("--once", "--json").items()

    assert {"status", "metrics", "cost_cpu_ms", "bytes", "ms"} <= answer.keys()
    assert answer["status"] in {"safe", "warning", "danger"}
    assert answer["bytes"] > 1000


def test_what_is_read_is_stored():
    poll("--json")

    assert Sample.objects.count() == MachineState.objects.count() == 1


def test_it_does_not_write_into_a_shard_that_a_worker_owns():
    leases.claim(0, "a worker that is up")
    ((_, answer),) = poll("--json").items()

    assert answer["stored"] is False
    assert not Sample.objects.exists()


def test_one_machine_by_name():
    MachineFactory(name="WEB-X")
    MachineFactory(name="WEB-Y")

    assert poll("--machine", "WEB-X", "--json").keys() == {"WEB-X"}


def test_an_unknown_name_is_one_clear_line():
    with pytest.raises(CommandError, match="WEB-Z"):
        poll("--machine", "WEB-Z", "--json")


def test_a_machine_that_cannot_be_read_is_nodata_with_its_reason():
    MachineFactory(name="SSH-1", transport="ssh", address="10.0.0.5")
    answer = poll("--machine", "SSH-1", "--json")["SSH-1"]

    assert (answer["status"], answer["metrics"]) == ("nodata", {})
    assert answer["failure"]
