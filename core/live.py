"""What changed, told to open pages. At most once and never awaited: pages fetch what they missed.

`publish` is for synchronous code, after commit. `authorisers` says who may hear which topic; `portal.wiring` fills it.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections

logger = logging.getLogger(__name__)

# Topic prefix ("monitoring.machine") → (user, ids) → those of the ids that the user may hear.
Authoriser = Callable[[Any, Collection[str]], set[str]]
authorisers: dict[str, Authoriser] = {}

TIMEOUT_S = 0.5
# After a failure nobody waits for Redis again for so long.
SILENCE_S = 5.0
# Said to the server processes and to no page.
RIGHTS_CHANGED = "live.rights"
_trouble = threading.Event()
_silent_until = 0.0


def channel() -> str:
    """Redis' channels know no database numbers: the portal's database tells two portals on one Redis apart."""
    return f"gerai.live.{connections['default'].settings_dict['NAME']}"


def allowed_topics(user: Any, topics: Iterable[str]) -> set[str]:
    """Those topics that this person may hear. A topic is `<prefix>.<id>`; one that nobody authorises is refused.

    Queries the database once for each prefix.
    """
    ids_by_prefix: dict[str, set[str]] = {}
    for topic in topics:
        prefix, _, key = topic.rpartition(".")
        ids_by_prefix.setdefault(prefix, set()).add(key)
    return {
        f"{prefix}.{key}"
        for prefix, keys in ids_by_prefix.items()
        if prefix in authorisers
        for key in authorisers[prefix](user, keys)
    }


def publish(topic: str, data: dict[str, Any]) -> None:
    """Tell every open page that listens to this topic. Call it after commit; it never raises."""
    publish_many([(topic, data)])


def check_rights_again(*person_ids: int) -> None:
    """Close the open sockets of these people: an account that was shut stays out, all others come back and ask anew.

    Without Redis each socket finds out by itself within half a minute.
    """
    publish(RIGHTS_CHANGED, {"people": person_ids})


def publish_many(messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """As `publish`, in one round trip. Without Redis the pages stand still, and nothing else may suffer."""
    global _silent_until  # noqa: PLW0603  one Redis a process
    if time.monotonic() < _silent_until:
        return
    try:
        pipeline = _client(settings.LIVE_REDIS_URL).pipeline(transaction=False)
        for topic, data in messages:
            pipeline.publish(channel(), json.dumps({"topic": topic, "data": data}, cls=DjangoJSONEncoder))
        pipeline.execute()
    except redis.RedisError as error:
        _silent_until = time.monotonic() + SILENCE_S
        if not _trouble.is_set():
            _trouble.set()
            logger.warning("Live pages get no news, Redis does not answer: %s", error)
    else:
        if _trouble.is_set():
            _trouble.clear()
            logger.warning("Live pages get news again")


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    """One pool a process and address; redis-py's pool notices a fork by itself."""
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, health_check_interval=25
    )
