"""What the launcher shows: its own sentences, and the children's lines with their names before them."""

import contextlib
import os
import sys
import threading

COLOURS = (36, 35, 33, 34, 32, 96, 95, 93)


class Terminal:
    """Colours only on a terminal that wants them (https://no-color.org)."""

    def __init__(self) -> None:
        self.coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._names: dict[str, int] = {}
        self._lock = threading.Lock()

    def say(self, text: str = "") -> None:
        self._write(text)

    def warn(self, text: str) -> None:
        self._write(self._paint(text, 31))

    def headline(self, text: str) -> None:
        self._write(self._paint(text, 1))

    def line(self, name: str, text: str) -> None:
        """A child's line. Each name keeps its colour."""
        if text.strip():
            colour = COLOURS[self._names.setdefault(name, len(self._names)) % len(COLOURS)]
            self._write(f"{self._paint(f'{name:>9} |', colour)} {text.rstrip()}")

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self.coloured else text

    def _write(self, text: str) -> None:
        # Whoever read our output may be gone (`make run | head`); the portal goes on.
        with self._lock, contextlib.suppress(OSError, ValueError):
            print(text, flush=True)
