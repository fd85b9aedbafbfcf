"""A transport that does what a test says."""

import threading
from collections.abc import Callable

from monitoring.models import Machine
from monitoring.polling import poller as polling
from monitoring.tests.factories import reading
from monitoring.transports import Facts, Reading, TransportError


class FakeTransport:
    deadline_s = 0.3

    def __init__(self) -> None:
        self.answers: Callable[[], Reading] = reading
        self.hangs = threading.Event()
        self.may_go_on = threading.Event()
        self.is_closed = False

    def read(self) -> Reading:
        if self.hangs.is_set():
            self.may_go_on.wait(10)
        return self.answers()

    def facts(self) -> Facts:
        return Facts(hostname="fake", cores=4)

    def close(self) -> None:
        self.is_closed = True


class FakePoller(polling.Poller):
    """Every machine is due at every round, and is read by the fake of its name."""

    def __init__(self, fakes: dict[str, FakeTransport], shard: int = 0) -> None:
        super().__init__(shard)
        self.fakes = fakes

    def _open(self, machine: Machine) -> FakeTransport:
        if machine.name not in self.fakes:
            raise TransportError("No such fake.")
        return self.fakes[machine.name]

    def _is_due(self, machine: Machine, now: float) -> bool:
        return True
