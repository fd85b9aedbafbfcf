"""The chain's heads, in a file outside the database: a chain that somebody cut short no longer fits them."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core.audit.digests import stamp
from core.models.audit import AuditSeal


@dataclass(frozen=True)
class Head:
    """What the last seal of a batch was when it was written."""

    seal_no: int
    digest: bytes


def path() -> Path:
    return settings.STATE_DIR / "audit" / "heads.jsonl"


def append(seal: AuditSeal) -> None:
    """One line, on the disk when this returns. One write in append mode, so that two sealers never mix their lines."""
    file = path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = {"seal_no": seal.seal_no, "digest": bytes(seal.digest).hex(), "sealed_at": stamp(seal.sealed_at)}
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, (json.dumps(line) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read() -> Iterator[Head]:
    """Line by line; a half line, left by a power cut, says nothing. No file, no heads."""
    if not path().exists():
        return
    with path().open() as lines:
        for line in lines:
            try:
                head = json.loads(line)
                yield Head(head["seal_no"], bytes.fromhex(head["digest"]))
            except (ValueError, KeyError, TypeError):
                continue
