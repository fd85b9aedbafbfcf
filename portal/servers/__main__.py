"""`python -m portal.servers KIND FOLDER ANSWER_FD GUARDIAN_FD [--throwaway]`: become the guardian of one server."""

import os
import sys
from pathlib import Path

from portal.servers.guardian import run
from portal.servers.postgres import Postgres
from portal.servers.valkey import Valkey

KINDS = {"postgres": Postgres, "valkey": Valkey}


def main(kind: str, folder: str, answer: str, guardian_lock: str, *options: str) -> None:
    """Leave the starter's side first: it waits for its child, and gets its prompt back."""
    if os.fork():
        os._exit(0)
    # Held for as long as we live; our own children must not keep it.
    os.set_inheritable(int(guardian_lock), False)
    os.set_inheritable(int(answer), False)
    run(KINDS[kind], Path(folder), int(answer), throwaway="--throwaway" in options)


if __name__ == "__main__":
    main(*sys.argv[1:])
