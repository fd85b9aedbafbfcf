import time
from typing import Any

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, UserRateThrottle


class PersonThrottle(UserRateThrottle):
    """Requests a minute of one person, over all tokens and sessions. While the cache is away nothing is counted:
    this protects from programs that run wild, and login has its own limits in the database."""

    scope = "person"


class WindowThrottle(BaseThrottle):
    """Calls of one program in a window: far above what it should send, so that only one that runs wild meets it.

    One counter a window, for DRF's own list of moments would be rewritten by every call. While the cache is away
    nothing is counted. A subclass says who calls, and how many calls a window takes.
    """

    window_s = 10

    def caller(self, request: Request) -> str:
        """A name for the counter; "" for a call that is not counted here."""
        raise NotImplementedError

    def most(self) -> int:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        caller = self.caller(request)
        if not caller:
            return True
        name = f"{caller}:{int(time.time() // self.window_s)}"
        if cache.add(name, 1, self.window_s * 2):
            return True
        try:
            return bool(cache.incr(name) <= self.most())
        except ValueError:  # it went in between
            return True

    def wait(self) -> float:
        return self.window_s - time.time() % self.window_s
