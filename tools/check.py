"""`make check`: everything that can be said about the code without running the portal, one line each.

`python -m tools.check` runs all, `python -m tools.check ruff mypy` some. No database or broker is needed. Two checks run
at a time: more of them would only wait for each other on the two cores this has to pass on.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
DJANGO = (sys.executable, "-m", "django")
NOWHERE = "127.0.0.1:1/nowhere"
SHOWN = 60  # lines of a failed check; the rest comes by running it alone
SERVERLESS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "DATABASE_URL": f"postgresql://gerai_app@{NOWHERE}",
    "DATABASE_OWNER_URL": f"postgresql://gerai_owner@{NOWHERE}",
    "DATABASE_POOL": "false",
    "REDIS_URL": "redis://127.0.0.1:1",
    "PYTHONPATH": str(ROOT),
}
# What production refuses to start without, with values that protect nothing.
PRODUCTION = {
    "DATABASE_OWNER_URL": "postgresql://owner@127.0.0.1:1/nowhere",
    "GERAI_ENV": "production",
    "GERAI_DEMO": "0",
    "DEBUG": "0",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~",
    "GERAI_PIN_PEPPER": "nothing is hashed with this",
    "GERAI_AUDIT_KEYS": "nothing is signed with this",
    "GERAI_FIELD_KEYS": "bm90aGluZyBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlzISE=",
    "ALLOWED_HOSTS": "gerai.example",
    "CSRF_TRUSTED_ORIGINS": "https://gerai.example",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    check: Check
    passed: bool
    output: str
    seconds: float


# The slowest first, so that the short ones fill the other core meanwhile.
CHECKS = [
    Check("types", (sys.executable, "-m", "mypy")),
    Check("translations", (sys.executable, "-m", "tools.translations", "--check")),
    Check("ruff", (str(BIN / "ruff"), "check", ".")),
    Check("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("dependency rule", (str(BIN / "lint-imports"), "--no-logo")),
    Check("migrations", (*DJANGO, "makemigrations", "--check", "--dry-run")),
    Check("production settings", (*DJANGO, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("events", (sys.executable, "-m", "tools.events_doc", "--check")),
    Check("templates", (sys.executable, "-m", "tools.check_templates")),
    Check("assets", (sys.executable, "-m", "tools.check_assets")),
    Check("licences", (sys.executable, "-m", "tools.check_licences")),
    Check("locks", (sys.executable, "-m", "tools.check_locks")),
]


def run(check: Check) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **SERVERLESS, **check.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout.strip(), time.monotonic() - started)


def excerpt(output: str, shown: int | None) -> str:
    lines = output.splitlines()
    kept = lines[-shown:] if shown else lines
    if left_out := len(lines) - len(kept):
        kept.insert(0, f"... {left_out} lines before these: run this check alone to see them")
    return "\n".join(f"       {line}" for line in kept)


def main(names: Sequence[str]) -> int:
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(c.name for c in CHECKS)}.")
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    started = time.monotonic()
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(run, chosen):
            print(
                f"{'ok    ' if outcome.passed else 'FAILED'} {outcome.check.name:<20} {outcome.seconds:5.1f} s"
            )
            if not outcome.passed:
                failed.append(outcome.check.name)
                print(excerpt(outcome.output, shown=SHOWN if len(chosen) > 1 else None))
    summary = (
        f"{len(chosen) - len(failed)} of {len(chosen)} checks passed in {time.monotonic() - started:.0f} s"
    )
    print(f"{summary}; failed: {', '.join(failed)}" if failed else summary)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
