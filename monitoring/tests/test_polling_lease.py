"""A shard has one owner, whoever comes at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from monitoring.models import ShardLease
from monitoring.polling import lease as leases

pytestmark = pytest.mark.django_db


def expire():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_shardlease SET held_until = now() - interval '1 second'")


def test_the_second_worker_waits():
    assert leases.claim(0, "first") is not None
    assert leases.claim(0, "second") is None


def test_the_holder_keeps_its_fence():
    assert leases.claim(0, "first").fence == leases.claim(0, "first").fence


def test_another_worker_takes_over_after_the_expiry_with_a_higher_fence():
    first = leases.claim(0, "first")
    expire()
    second = leases.claim(0, "second")

    assert second.fence == first.fence + 1
    with pytest.raises(leases.LeaseLost):
        leases.hold(first)


def test_a_released_shard_is_free_at_once():
    leases.release(leases.claim(0, "first"))

    assert leases.claim(0, "second") is not None


def test_shards_are_independent():
    assert leases.claim(0, "first")
    assert leases.claim(1, "second")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_workers_at_once_one_gets_the_shard():
    def claim(number):
        try:
            return leases.claim(0, f"worker {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        claimed = [lease for lease in pool.map(claim, range(20)) if lease]

    assert len(claimed) == 1
    assert ShardLease.objects.get().holder == claimed[0].holder


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_shard_while_its_owner_writes():
    lease = leases.claim(0, "first")
    expire()

    def take():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            return leases.claim(0, "second")
        except OperationalError as error:
            return type(error).__name__
        finally:
            connection.close()

    with transaction.atomic():
        leases.hold(lease)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(take).result() == "OperationalError"
