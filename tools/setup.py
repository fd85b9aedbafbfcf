"""`make setup`: from a bare Python to everything installed. Standard library only; each step is skipped when done.

`python tools/setup.py` installs what the portal needs to run, `python tools/setup.py dev` what tests and checks need on
top. The packages come by uv (seconds), or by pip alone with USE_PIP=1; both take the same hashes.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Gerai needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2]))

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = "uv==0.13.9"
LISTS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}


def main(kind: str) -> None:
    make_venv()
    install(kind)
    compile_translations()
    run("browser assets", [PYTHON, ROOT / "tools" / "copy_assets.py"], show=True)


def make_venv() -> None:
    """A virtual environment of this Python; made anew when its Python is gone or too old."""
    if PYTHON.exists():
        asked = subprocess.run(
            [PYTHON, "-c", "import sys; print(sys.version_info >= (3, 11))"],
            capture_output=True,
            check=False,
        )
        if asked.stdout.strip() == b"True":
            return
    say("Making .venv")
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            f"Cannot make .venv ({error}): is the system's venv package installed (Debian: python3-venv)?"
        )


def install(kind: str) -> None:
    """The hashed list, when it is another than the one installed last."""
    wanted = ROOT / LISTS[kind]
    stamp = VENV / f"installed-{kind}"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    # Development's list holds everything that running needs.
    for known in {kind, "dev"}:
        if (VENV / f"installed-{known}").exists() and _matches(known):
            return
    say(f"Installing {wanted.name}")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-q"]
    if os.environ.get("USE_PIP"):
        command = [*pip, "install"]
    else:
        if not (VENV / "bin" / "uv").exists():
            run("uv", [*pip, "install", "--only-binary", ":all:", UV])
        # Compiled now, on all cores, and not by seven processes at their first start.
        command = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON, "--compile-bytecode"]
    run("packages", [*command, "--require-hashes", "--only-binary", ":all:", "-r", wanted])
    # The checkout itself is importable, so that bin/pytest and bin/celery work as `python -m` does.
    packages = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (Path(packages) / "gerai.pth").write_text(f"{ROOT}\n")
    stamp.write_text(digest)


def _matches(kind: str) -> bool:
    digest = hashlib.sha256((ROOT / LISTS[kind]).read_bytes()).hexdigest()
    return (VENV / f"installed-{kind}").read_text() == digest


def compile_translations() -> None:
    """By Babel, for a system without gettext; only catalogues that changed."""
    for domain in ("django", "djangojs"):
        sources = list((ROOT / "locale").glob(f"*/LC_MESSAGES/{domain}.po"))
        if any(_is_older(source.with_suffix(".mo"), source) for source in sources):
            babel = [PYTHON, "-m", "babel.messages.frontend", "-q"]
            compiler = [*babel, "compile", "-d", ROOT / "locale", "-D", domain]
            run("translations", compiler)


def _is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def run(what: str, command: list[object], *, show: bool = False) -> None:
    """One step; its own words are shown only when it fails, or with `show`."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=not show, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{(done.stderr or done.stdout or '').strip()}\nSetup stopped at: {what}.".strip())


def say(text: str) -> None:
    print(f"{text}…", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except KeyboardInterrupt:
        sys.exit(130)
