"""Holds what the portal depends on to an allow-list of licences.

Weak copyleft (LGPL, MPL) is fine for unmodified dependencies; the GPL is not, save for tools that development alone
uses and nobody ships.
"""

import json
import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "ISC", "LGPL-2.1", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-2.0", "OFL-1.1", "PSF-2.0", "TCL", "ZPL-2.1", "Zlib",
}  # fmt: skip
DEVELOPMENT_ONLY = ALLOWED | {"GPL-3.0-or-later"}
# Their metadata says nothing, or not in a form that can be read; looked up by hand.
BY_HAND = {"axe-playwright-python": "MIT"}
# Names that older metadata uses for the same licences.
SPDX = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip


def licences_of(package: str) -> set[str] | None:
    """The alternatives and parts that a package's metadata names; None when it is not installed on this system."""
    try:
        about = distribution(package).metadata
    except PackageNotFoundError:
        return None
    if package in BY_HAND:
        return {BY_HAND[package]}
    parts = {part for name in names_in(about) for part in re.split(r"\s(?:OR|AND)\s", name)}
    return {SPDX.get(part, part) for part in parts}


def names_in(about: PackageMetadata) -> list[str]:
    """Three generations of metadata: an expression, classifiers, or free text that may be the whole licence."""
    if expression := about["License-Expression"]:
        return [re.sub(r"[()]", "", expression)]
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return [line.split("::")[-1].strip() for line in classifiers] or (
        about["License"] or "unknown"
    ).splitlines()[:1]


def pins(lock: str) -> list[str]:
    return re.findall(r"^([\w.-]+)(?:\[.*?\])?==", (ROOT / lock).read_text(), re.MULTILINE)


def python_faults() -> list[str]:
    shipped = set(pins("requirements.txt"))
    faults = []
    for package in sorted(shipped | set(pins("requirements-dev.txt"))):
        licences = licences_of(package)
        allowed = ALLOWED if package in shipped else DEVELOPMENT_ONLY
        if licences is not None and not licences <= allowed:
            faults.append(f"{package}: {', '.join(sorted(licences - allowed))} is not on the allow-list")
    return faults


def npm_faults() -> list[str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return [
        f"{place}: {package.get('license')} is not on the allow-list"
        for place, package in packages.items()
        if place and package.get("license") not in ALLOWED
    ]


def main() -> int:
    faults = python_faults() + npm_faults()
    print("\n".join(faults) or "every licence is on the allow-list")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
