"""Refuses anything that a browser would fetch from another machine: the portal has to work on a closed network."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What makes a browser fetch at once; a link that a person may click is no request.
FETCHES = [
    re.compile(
        r"<(?:script|img|iframe|source|audio|video|embed|input)\b[^>]*\bsrc(?:set)?\s*=\s*[\"']?\s*(?:https?:)?//",
        re.I,
    ),
    re.compile(r"<link\b[^>]*\bhref\s*=\s*[\"']?\s*(?:https?:)?//", re.I),
    re.compile(r"url\(\s*[\"']?(?:https?:)?//", re.I),
    re.compile(r"@import\s+(?:url\()?[\"']?(?:https?:)?//", re.I),
    re.compile(
        r"\b(?:fetch|importScripts|import|EventSource|WebSocket|sendBeacon)\s*\(\s*[\"'`](?:https?:|wss?:)?//",
        re.I,
    ),
    re.compile(r"\bfrom\s+[\"'](?:https?:)?//", re.I),
]
PLACES = ["templates/**/*", "static/**/*", "build/static/**/*", "*/templates/**/*"]
KINDS = {".html", ".css", ".js", ".mjs", ".svg", ".txt"}


def main() -> int:
    files = sorted(
        {path for place in PLACES for path in ROOT.glob(place) if path.suffix in KINDS and path.is_file()}
    )
    faults = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        for pattern in FETCHES:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"{path.relative_to(ROOT)}:{line}: fetches from outside: {match[0][-60:]}")
    print("\n".join(faults) or f"{len(files)} files fetch nothing from outside")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
