"""`python boot.py KIND FOLDER ANSWER_FD GUARDIAN_FD [--throwaway]`: become the guardian of one server.

Run by its path, for importing `portal` itself brings the Celery application, which a guardian has no use for.
"""

import os
import sys
import types
from pathlib import Path

PORTAL = Path(__file__).resolve().parent.parent
# Not this script's folder: its modules must be known by their full names only.
sys.path[0] = str(PORTAL.parent)
package = types.ModuleType("portal")
package.__path__ = [str(PORTAL)]
sys.modules["portal"] = package

from portal.servers.guardian import run  # noqa: E402  after the package above
from portal.servers.postgres import Postgres  # noqa: E402
from portal.servers.valkey import Valkey  # noqa: E402

KINDS = {"postgres": Postgres, "valkey": Valkey}


def main(kind: str, folder: str, answer: str, guardian_lock: str, *options: str) -> None:
    """Leave the starter's side first: it waits for its child, and gets its prompt back."""
    if os.fork():
        os._exit(0)
    # Held for as long as we live; our own children must not keep it.
    os.set_inheritable(int(guardian_lock), False)
    os.set_inheritable(int(answer), False)
    run(KINDS[kind], Path(folder), int(answer), throwaway="--throwaway" in options)


main(*sys.argv[1:])
