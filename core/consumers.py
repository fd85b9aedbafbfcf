"""The one websocket of a page. It says what it wants to hear; what it may hear is decided here, again and again."""

import asyncio
import contextlib
import json
import logging
import time
from importlib import import_module
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from core.hub import Hub, Outbox
from core.live import allowed_topics

logger = logging.getLogger(__name__)

# Application close codes (RFC 6455 leaves 4000 to 4999 to us).
NOT_LOGGED_IN, TOO_SLOW, TOO_MANY_MESSAGES, NOT_UNDERSTOOD = 4401, 4408, 4429, 4400
RIGHTS_CHANGED = 4403
TRY_AGAIN = 1013
RECHECK_S = 30
# A socket as old as a shift is closed; the page opens a new one.
LIFE_S = 8 * 3600
LONGEST_MESSAGE = 16_384
MESSAGES_A_SECOND = 10
MOST_TOPICS = 500


class LiveConsumer(AsyncWebsocketConsumer):
    """In: {"subscribe": [topic, …]} and {"unsubscribe": […]}. Out: {"topic", "data"} for topics that are allowed.

    Session and permission are looked at again every 30 s, and at once when a service says that a person's rights changed.
    """

    recheck_s: float = RECHECK_S

    async def connect(self) -> None:
        self._outbox = Outbox()
        self._tasks: list[asyncio.Task[None]] = []
        self._second, self._heard = 0, 0
        # Accepted first: a browser is not told the code of a handshake that was refused.
        await self.accept()
        if not self.scope["user"].is_authenticated:
            await self.close(NOT_LOGGED_IN)
            return
        self._outbox.person_id = self.scope["user"].pk
        self._hub = Hub.current()
        self._hub.join(self._outbox)
        self._tasks = [asyncio.create_task(self._send_news()), asyncio.create_task(self._recheck())]

    async def disconnect(self, code: int) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await self._hub.leave(self._outbox)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._tasks:
            return  # closed already, the message was on its way
        if self._is_too_fast():
            await self.close(TOO_MANY_MESSAGES)
            return
        message = _parse(text_data)
        if message is None:
            await self.close(NOT_UNDERSTOOD)
            return
        self._hub.unsubscribe(self._outbox, message["unsubscribe"])
        wanted = message["subscribe"] - self._outbox.topics
        if len(wanted) + len(self._outbox.topics) > MOST_TOPICS:
            await self.close(NOT_UNDERSTOOD)
            return
        if wanted:
            await self._subscribe(wanted)

    async def _subscribe(self, wanted: set[str]) -> None:
        try:
            allowed = await _allowed(self.scope["user"], wanted)
        except DatabaseError:
            # Closed in words: an exception here would end the socket and leave its tasks behind.
            logger.exception("A live socket could not be told what it may hear")
            await self.close(TRY_AGAIN)
            return
        self._hub.subscribe(self._outbox, allowed)

    def _is_too_fast(self) -> bool:
        second = int(time.monotonic())
        self._heard = self._heard + 1 if second == self._second else 1
        self._second = second
        return self._heard > MESSAGES_A_SECOND

    async def _send_news(self) -> None:
        """The only task that sends, one message after another. Ends the socket of whom the queue outran.

        What the network does not take waits in daphne, which ends a client that answers no ping for half a minute.
        """
        overflow = asyncio.create_task(self._outbox.overflowed.wait())
        text: asyncio.Task[str] | None = None
        try:
            while not overflow.done():
                text = asyncio.create_task(self._outbox.queue.get())
                await asyncio.wait({text, overflow}, return_when=asyncio.FIRST_COMPLETED)
                if not text.done():
                    break
                await self.send(text.result())
            await self.close(TOO_SLOW)
        finally:
            # Also when the socket closes and this task is cancelled in its wait.
            overflow.cancel()
            if text is not None:
                text.cancel()

    async def _recheck(self) -> None:
        """Ends the socket when it cannot look: nobody goes on hearing on the strength of an old answer."""
        try:
            await self._recheck_for_life()
        except Exception:
            logger.exception("A live socket could not be checked again")
            await self.close(TRY_AGAIN)

    async def _recheck_for_life(self) -> None:
        started = time.monotonic()
        while time.monotonic() - started < LIFE_S:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._outbox.rights_changed.wait(), self.recheck_s)
            user = await self._person_of_session()
            if not user.is_authenticated:
                await self.close(NOT_LOGGED_IN)
                return
            if self._outbox.rights_changed.is_set():
                # The page connects again and asks for what it showed; what is not allowed any more stays silent.
                await self.close(RIGHTS_CHANGED)
                return
            self.scope["user"] = user
            allowed = await _allowed(user, set(self._outbox.topics))
            self._hub.unsubscribe(self._outbox, self._outbox.topics - allowed)
        await self.close()

    async def _person_of_session(self) -> Any:
        """Whoever the session belongs to now, read from the database and not from when the socket was opened."""
        store = import_module(settings.SESSION_ENGINE).SessionStore
        key = getattr(self.scope.get("session"), "session_key", None)
        return await get_user({"session": store(key)})


_allowed = database_sync_to_async(allowed_topics)


def _parse(text: str | None) -> dict[str, set[str]] | None:
    """The message's topics by verb; None for anything that our own page would not send."""
    if text is None or len(text) > LONGEST_MESSAGE:
        return None
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(text)
        if isinstance(message, dict):
            verbs = {verb: message.get(verb, []) for verb in ("subscribe", "unsubscribe")}
            if all(isinstance(topics, list) for topics in verbs.values()):
                return {
                    verb: {topic for topic in topics if isinstance(topic, str)}
                    for verb, topics in verbs.items()
                }
    return None
