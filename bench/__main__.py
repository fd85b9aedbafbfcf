"""`make bench`: every comparison on a database of its own, as the tests have. ARGS="audit" runs the named ones alone."""

import importlib
import os
import sys
from pathlib import Path

MODULES = ("audit", "lists", "exports", "ledger", "report", "downloads", "beta")
RESULTS = Path(__file__).parent.parent / "test-results" / "bench.json"


def main(names: list[str]) -> int:
    from bench.harness import compare, table, write_json

    results = [
        compare(comparison)
        for name in names or MODULES
        for comparison in importlib.import_module(f"bench.{name}").comparisons()
    ]
    sys.stdout.write(table(results) + "\n")
    write_json(results, RESULTS)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    from bench.ground import own_ground

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    with own_ground():
        sys.exit(main(sys.argv[1:]))
