"""The core server's side of the signed API: one connection kept open, a batch sent until somebody answers it."""

import http.client
import json
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from ppob.signing import authorization

TRIES, TIMEOUT_S = 6, 30.0
AGAIN = {429, 502, 503, 504}


class NoAnswer(Exception):
    """The portal did not answer, or not with what a batch is answered with; in one line."""


class CoreClient:
    """Not for two threads at once."""

    def __init__(self, url: str, *, key_id: str, secret: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoAnswer(f"{url} is no address of a portal.")
        self.kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.host, self.port, self.url = parts.hostname, parts.port, url
        self.key_id, self.secret = key_id, secret
        self.connection: http.client.HTTPConnection | None = None
        self.milliseconds: deque[float] = deque(maxlen=100_000)

    def report(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers, one an item. A call without an answer is made again: the API takes each item once."""
        body = json.dumps({"transactions": items}).encode()
        for tried in range(TRIES):
            if tried:
                time.sleep(0.2 * 2**tried)
            try:
                status, answer = self.call("POST", "/api/v1/ppob/transactions/", body)
            except (OSError, http.client.HTTPException):
                self.close()
                continue
            if status == 200:
                return list(answer["results"])
            if status not in AGAIN:
                raise NoAnswer(
                    f"The portal refused a batch: {status} {answer.get('code')}: {answer.get('message')}"
                )
        raise NoAnswer(f"The portal at {self.url} does not answer.")

    def call(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Status and JSON of one call, signed anew."""
        if self.connection is None:
            self.connection = self.kind(self.host, self.port, timeout=TIMEOUT_S)
        header = authorization(key_id=self.key_id, secret=self.secret, method=method, path=path, body=body)
        begun = time.perf_counter()
        self.connection.request(
            method, path, body, {"Authorization": header, "Content-Type": "application/json"}
        )
        response = self.connection.getresponse()
        content = response.read()
        self.milliseconds.append((time.perf_counter() - begun) * 1000)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {"message": response.reason}
        return response.status, answer if isinstance(answer, dict) else {}

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
