"""pytest plugin: what a test needs of the system. `@needs("chromium")` skips where it is missing, and says so.

GERAI_REQUIRE=all turns such a skip into a failure: CI installs everything, and a test that did not run there is a fault.
"""

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "sshd": ("sshd", "/usr/sbin/sshd"),
    "node": ("node",),
    "su": ("su",),
}
MISSING = pytest.StashKey[dict[str, int]]()

needs = pytest.mark.needs


def find(name: str) -> str | None:
    """The program's path, or None. GERAI_CHROMIUM and the like name another."""
    named = os.environ.get(f"GERAI_{name.upper()}")
    if named:
        return named if Path(named).exists() else None
    return next((found for program in PROGRAMS[name] if (found := shutil.which(program))), None)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if find(name) is None:
                if os.environ.get("GERAI_REQUIRE") == "all":
                    pytest.fail(f"needs {name}, which is not installed, and GERAI_REQUIRE=all", pytrace=False)
                counted = item.config.stash[MISSING]
                counted[name] = counted.get(name, 0) + 1
                pytest.skip(f"needs {name}, which is not installed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash[MISSING]
    if missing:
        terminalreporter.section("not tested here")
        for name, count in sorted(missing.items()):
            terminalreporter.line(f"{count} test{'s' if count > 1 else ''} for want of {name}")
