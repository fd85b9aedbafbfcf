"""Three questions from outside: does the process live, may it get requests, and is everything around it well.

No login and no secrets: a balancer and an operator's curl read them.
"""

import shutil
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import outbox
from core.audit.sealing import oldest_unsealed_s
from core.partitions import missing_partitions
from portal import heartbeats
from portal.demo_mark import DemoMark, demo_mark
from ppob.models import LedgerProof

FREE_DISK_LIMIT = 1024**3
_has_been_ready = False


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so that a lost database restarts nobody."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """At first everything that a page needs; once ready, only the database's loss takes it back."""
    global _has_been_ready  # noqa: PLW0603  one flag of one process
    try:
        missing = _database_missing() or ("" if _has_been_ready else _not_started())
    except DatabaseError:
        missing = "database"
    if missing:
        response = JsonResponse({"status": "not ready", "missing": missing}, status=503)
        # An answer to whoever asks, not a fault of ours: Django would log it as an error.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response
    _has_been_ready = True
    return JsonResponse({"status": "ready"})


@require_safe
@never_cache
def status(request: HttpRequest) -> JsonResponse:
    """Everything else, "well" or "degraded"; always 200, for a degraded portal still serves."""
    checks = {name: _checked(check) for name, check in CHECKS.items()}
    well = all(check["status"] == "well" for check in checks.values())
    return JsonResponse({"status": "well" if well else "degraded", "checks": checks})


def _database_missing() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _not_started() -> str:
    """The first thing that is still missing, or nothing."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "migrations"
    if settings.DEMO and demo_mark() != DemoMark.LOADED:
        return "demo"
    try:
        return "" if heartbeats.age("default") is not None else "worker"
    except Exception:  # noqa: BLE001  whatever is wrong with the broker or its address
        return "broker"


def _checked(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  one broken check must not hide the others
        return {"status": "degraded", "error": type(error).__name__}


def _result(well: bool, **figures: Any) -> dict[str, Any]:
    return {"status": "well" if well else "degraded", **figures}


def _database() -> dict[str, Any]:
    _database_missing()
    return _result(True)


def _sign(name: str) -> dict[str, Any]:
    age = heartbeats.age(name)
    return _result(
        age is not None and age < heartbeats.SILENT_AFTER, seconds=None if age is None else round(age, 1)
    )


def _queue(name: str) -> dict[str, Any]:
    length, oldest = heartbeats.backlog(name)
    return _result(oldest < heartbeats.BACKLOG_AFTER, length=length, oldest_seconds=round(oldest, 1))


def _partitions() -> dict[str, Any]:
    missing = missing_partitions()
    return _result(not missing, missing=missing)


def _outbox() -> dict[str, Any]:
    """What is due shall be done within a minute; what was given up since yesterday wants somebody's eye."""
    now = outbox.condition()
    return _result(
        now.oldest_seconds < heartbeats.BACKLOG_AFTER and not now.dead_today,
        waiting=now.waiting,
        oldest_seconds=round(now.oldest_seconds, 1),
        dead=now.dead,
        dead_today=now.dead_today,
    )


def _round_trip() -> dict[str, Any]:
    """Beat asked, the outbox carried it, a worker answered: how long ago."""
    age = outbox.answered_ago()
    return _result(
        age is not None and age < heartbeats.SILENT_AFTER, seconds=None if age is None else round(age, 1)
    )


def _audit() -> dict[str, Any]:
    """Sealed within seconds; what waits longer could be altered unseen."""
    oldest = oldest_unsealed_s()
    return _result(oldest < heartbeats.BACKLOG_AFTER, oldest_unsealed_seconds=round(oldest, 1))


def _ledger() -> dict[str, Any]:
    """Well until a proof found something; the next one that finds nothing takes it back."""
    last = LedgerProof.objects.order_by("-pk").first()
    return _result(
        last is None or not last.violations,
        proved_on=last and last.proved_on.isoformat(),
        violations=len(last.violations) if last else 0,
    )


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(settings.STATE_DIR).free
    return _result(free > FREE_DISK_LIMIT, free_bytes=free)


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "beat": lambda: _sign("beat"),
    **{f"worker {queue}": lambda queue=queue: _sign(queue) for queue in heartbeats.QUEUES},  # type: ignore[misc]
    **{f"queue {queue}": lambda queue=queue: _queue(queue) for queue in heartbeats.QUEUES},  # type: ignore[misc]
    "partitions": _partitions,
    "outbox": _outbox,
    "outbox round trip": _round_trip,
    "audit seals": _audit,
    "ledger proof": _ledger,
    "disk": _disk,
}
