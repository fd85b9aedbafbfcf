"""The lock files pin and hash everything that the short lists ask for, and name no registry."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(path: Path) -> set[str]:
    return {normalised(match[1]) for line in path.read_text().splitlines() if (match := NAME.match(line))}


def pinned(path: Path) -> set[str]:
    return {
        normalised(match[1])
        for line in path.read_text().splitlines()
        if (match := re.match(r"^([\w.-]+)(?:\[.*?\])?==", line))
    }


def python_faults(name: str) -> list[str]:
    source, lock = ROOT / f"{name}.in", ROOT / f"{name}.txt"
    text = lock.read_text()
    faults = [
        f"{lock.name} does not pin {missing}: run `make lock`"
        for missing in sorted(asked_for(source) - pinned(lock))
    ]
    if re.search(r"^\s*--(?:extra-)?index-url|https?://", text.replace("# https", ""), re.MULTILINE):
        faults.append(f"{lock.name} names a registry or an address")
    unhashed = re.findall(r"^([\w.-]+(?:\[.*?\])?==\S+)(?![^\n]*\\\n\s+--hash)[^\n]*$", text, re.MULTILINE)
    return faults + [f"{lock.name}: {pin} has no hash" for pin in unhashed]


def npm_faults() -> list[str]:
    wanted = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    faults = []
    for name, version in wanted.get("dependencies", {}).items():
        locked = lock["packages"].get(f"node_modules/{name}", {}).get("version")
        if locked != version:
            faults.append(f"package.json wants {name} {version}, package-lock.json has {locked}")
    for place, package in lock["packages"].items():
        if "resolved" in package:
            faults.append(f"package-lock.json: {place} names a registry (omit-lockfile-registry-resolved)")
        if place and "integrity" not in package:
            faults.append(f"package-lock.json: {place} has no integrity hash")
    return faults


def main() -> int:
    faults = [*python_faults("requirements"), *python_faults("requirements-dev"), *npm_faults()]
    print("\n".join(faults) or "locks are in step")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
