from dataclasses import FrozenInstanceError, dataclass

import pytest
from django.db import transaction

from core import events
from core.events import Event, announce, listen


@dataclass(frozen=True)
class ThingHappened(Event):
    thing_id: int


@pytest.fixture(autouse=True)
def _no_listeners(monkeypatch):
    monkeypatch.setattr(events, "_listeners", {})


@pytest.fixture
def heard():
    told = []
    listen(ThingHappened, told.append)
    return told


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_after_the_commit(heard):
    with transaction.atomic():
        announce(ThingHappened(1))
        assert heard == []
    assert heard == [ThingHappened(1)]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_told(heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(ThingHappened(1))
        raise ZeroDivisionError
    with transaction.atomic(), pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(ThingHappened(2))
        raise ZeroDivisionError
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_a_failing_listener_is_written_down_and_harms_nobody(heard, caplog):
    events._listeners[ThingHappened].insert(0, lambda event: 1 / 0)
    with transaction.atomic():
        announce(ThingHappened(7))
    assert heard == [ThingHappened(7)]
    assert "ThingHappened(thing_id=7)" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_same_listener_is_told_once_and_others_events_not_at_all(heard):
    @dataclass(frozen=True)
    class OtherThingHappened(ThingHappened):
        pass

    listen(ThingHappened, heard.append)
    announce(OtherThingHappened(1))
    announce(ThingHappened(2))
    assert heard == [ThingHappened(2)]


def test_an_event_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ThingHappened(1).thing_id = 2
