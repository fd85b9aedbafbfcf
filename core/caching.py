"""The cache holds nothing that a page cannot do without: while Redis is gone it is empty, and costs no time."""

import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import redis
import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = structlog.get_logger(__name__)
T = TypeVar("T")

TIMEOUT_S = 0.5
# After a failure nobody asks for so long: one request in five seconds waits, not each.
SILENCE_S = 5.0


class ForgivingRedisCacheClient(RedisCacheClient):
    """Every operation on a Redis that does not answer is a miss. Said once, when it goes and when it is back."""

    # Of the process: Django makes a client for each thread.
    silent_until: ClassVar[float] = 0.0
    is_in_trouble: ClassVar[bool] = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args, **{"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S, **options}
        )

    @classmethod
    def _forgiving(cls, ask: Callable[[], T], missing: T) -> T:
        if time.monotonic() < cls.silent_until:
            return missing
        try:
            answer = ask()
        except redis.RedisError as error:
            cls.silent_until = time.monotonic() + SILENCE_S
            if not cls.is_in_trouble:
                log.warning("cache.gone", error=str(error))
            cls.is_in_trouble = True
            return missing
        if cls.is_in_trouble:
            log.warning("cache.is_back")
            cls.is_in_trouble = False
        return answer

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).add(key, value, timeout), True)

    def get(self, key: Any, default: Any) -> Any:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).get(key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._forgiving(lambda: super(ForgivingRedisCacheClient, self).set(key, value, timeout), None)

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).touch(key, timeout), False)

    def delete(self, key: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).delete(key), False)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).get_many(keys), {})

    def has_key(self, key: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).has_key(key), False)

    def incr(self, key: Any, delta: int) -> int:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).incr(key, delta), delta)

    def set_many(self, data: Any, timeout: Any) -> None:
        self._forgiving(lambda: super(ForgivingRedisCacheClient, self).set_many(data, timeout), None)

    def delete_many(self, keys: Any) -> None:
        self._forgiving(lambda: super(ForgivingRedisCacheClient, self).delete_many(keys), None)

    def clear(self) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCacheClient, self).clear(), False)

    def ping(self) -> bool:
        """Whether Redis answers; by the clock of the others, so that it too waits once in five seconds only."""
        return self._forgiving(lambda: bool(self.get_client(write=True).ping()), False)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingRedisCacheClient

    def answers(self) -> bool:
        """Whether Redis is there."""
        client: ForgivingRedisCacheClient = self._cache  # type: ignore[assignment]  # made from `_class` above
        return client.ping()
