"""The simulated fleet: SQL wrote its past and Python answers its present, from one formula."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.choices import MachineKind
from monitoring.demo.fleet import FLEET
from monitoring.demo.history import write_roll_ups, write_samples
from monitoring.demo.load import load
from monitoring.metrics import METRICS
from monitoring.models import Machine, MachineState, RollUp, Sample
from monitoring.tests.factories import MachineFactory
from monitoring.transports import TransportError
from monitoring.transports.rhythm import FULL, LEAKING, OVERLOADED, SCENARIOS, UNSTEADY, profile_of
from monitoring.transports.simulated import SimulatedTransport

NAMES = [
    ("WEB-JKT-01", "web"),
    ("DB-POS-01", "database"),
    *((s.name, s.kind) for s in FLEET if s.name in SCENARIOS),
]


@pytest.fixture
def quarter():
    """The beginning of a quarter of an hour some hours ago."""
    now = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=3)
    return now - timedelta(minutes=now.minute % 15)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_samples_written_by_sql_are_what_the_transport_answers(quarter, name, kind):
    machine = MachineFactory(name=name, kind=kind)
    write_samples(machine, quarter, quarter + timedelta(hours=2))
    transport = SimulatedTransport(name, kind, "linux")

    samples = {sample.at: sample for sample in Sample.objects.all()}
    for step in range(0, 480, 37):
        at = quarter + timedelta(seconds=15 * step)
        try:
            expected = transport.reading_at(at)
        except TransportError:
            assert at not in samples
            continue
        for metric in ("cpu", "mem_pct", "load1", "net_rx", "disk_pct", "processes", "uptime_s", "running"):
            assert getattr(samples[at], metric) == pytest.approx(getattr(expected, metric), rel=1e-4), metric


@pytest.mark.django_db
def test_roll_ups_written_by_sql_hold_the_smooth_value(quarter):
    machine = MachineFactory(name="WEB-JKT-01")
    written = write_roll_ups(machine, quarter, quarter + timedelta(hours=2))
    profile = profile_of("WEB-JKT-01", MachineKind.WEB)

    assert written == 24
    for row in RollUp.objects.all():
        smooth = profile.values(int(row.at.timestamp()) + 150, noisy=False)
        assert row.cpu_min < smooth["cpu"] < row.cpu_max
        assert row.mem_pct_mean == pytest.approx(smooth["mem_pct"], abs=0.2)


def test_the_fleet_has_something_to_be_found():
    by_scenario = {scenario: name for name, scenario in SCENARIOS.items()}
    kinds = {server.name: server.kind for server in FLEET}
    profiles = {scenario: profile_of(name, kinds[name]) for scenario, name in by_scenario.items()}
    evening, morning = (
        1_795_400_000 // 86_400 * 86_400 + int(12.5 * 3600),
        1_795_400_000 // 86_400 * 86_400 + 3 * 3600,
    )

    assert profiles[LEAKING].values(morning)["mem_pct"] > 94
    assert profiles[FULL].values(morning)["disk_pct"] > 92
    assert profiles[OVERLOADED].values(evening)["cpu"] > 90 > profiles[OVERLOADED].values(morning)["cpu"]
    assert any(profiles[UNSTEADY].is_out(morning + 600 * step) for step in range(144))


def test_every_other_machine_stays_inside_its_limits_all_week():
    for server in FLEET:
        if server.name in SCENARIOS:
            continue
        profile = profile_of(server.name, server.kind)
        for t in range(1_795_000_000, 1_795_000_000 + 7 * 86_400, 1800):
            values = profile.values(t)
            passed = [m.name for m in METRICS if m.warning and values[m.name] >= m.warning]
            assert not passed, server.name


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_short_demo_loads_whole():
    begun = time.monotonic()
    counts = load(days=1, seed=1, progress=lambda done, what: None)

    assert counts["monitoring.machine"] == Machine.objects.count() == len(FLEET) + 1
    assert counts["monitoring.sample"] == Sample.objects.count() > 170_000 * 0.9
    assert MachineState.objects.count() == len(FLEET)
    assert RollUp.objects.count() >= 30 * 280 * 0.9
    assert time.monotonic() - begun < 30
