"""The transport that every demo and every operator sees first: it reads the real /proc of this host."""

import os
import time
from pathlib import Path

import pytest

from monitoring.transports import TransportError
from monitoring.transports.local import LocalTransport


def test_the_first_reading_has_gauges_and_no_rates():
    reading = LocalTransport().read()

    assert reading.cpu is None
    assert reading.net_rx is None
    assert 0 < reading.mem_pct < 100
    assert reading.load1 is not None


def test_the_second_reading_has_rates():
    transport = LocalTransport()
    transport.read()
    time.sleep(0.3)
    reading = transport.read()

    assert 0 <= reading.cpu <= 100
    assert reading.net_rx >= 0


def test_it_agrees_with_proc():
    reading = LocalTransport().read()

    assert reading.load15 == pytest.approx(float(Path("/proc/loadavg").read_text().split()[2]), abs=0.5)
    assert reading.uptime_s == pytest.approx(float(Path("/proc/uptime").read_text().split()[0]), abs=5)
    assert reading.processes == pytest.approx(sum(p.name.isdigit() for p in Path("/proc").iterdir()), abs=25)
    assert any(disk.mount == "/" for disk in reading.disks)


def test_it_sees_a_busy_process():
    transport = LocalTransport()
    transport.read()
    transport._listed_at -= 40
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    busiest = transport.read().top_processes

    assert any(process.pid == os.getpid() and process.cpu > 0 for process in busiest)


def test_it_says_what_it_costs():
    reading = LocalTransport().read()

    assert 0 < reading.cost_cpu_ms < 500
    assert reading.cost_bytes > 1000
    assert reading.poll_ms > 0


def test_facts_are_of_this_host():
    facts = LocalTransport().facts()

    assert facts.cores == os.cpu_count()
    assert facts.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_without_proc_it_fails_with_a_word(tmp_path):
    with pytest.raises(TransportError):
        LocalTransport(root=tmp_path).read()
