"""The Indonesian catalogue: `make messages` brings it up to date, `make check` refuses one that is behind.

What is extracted is the code of the apps and, beside it, of the libraries whose words appear on our pages and that ship
no Indonesian; a catalogue of ours in LOCALE_PATHS wins over theirs. Both modes extract into a temporary copy, so that a
check changes nothing. gettext's programs come from a wheel; no system package is needed.
"""

import os
import re
import shutil
import string
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SITE = Path(sysconfig.get_paths()["purelib"])
GETTEXT = SITE / "cmeel.prefix"
LANGUAGE = "id"
DOMAINS = {"django": "html,txt,py", "djangojs": "js"}
OURS = [
    "betaapp", "chat", "core", "helpdesk", "monitoring", "notifications", "organization", "portal", "ppob", "static/js",
    "stores", "templates",
]  # fmt: skip
LIBRARIES = ["crispy_bootstrap5", "crispy_forms", "django_filters", "import_export", "unfold"]
# Parts of libraries that we do not install: their words never appear.
UNUSED = ["constance", "guardian", "location_field", "simple_history", "unfold_crispy"]
NO_WORDS = shutil.ignore_patterns(
    "locale", "tests", "migrations", "__pycache__", "*.pyc", "*.min.js", "static", *UNUSED
)


def sources(into: Path) -> None:
    """Copy everything that has words for people, ours and the libraries', and our catalogue."""
    for place in OURS:
        if (ROOT / place).is_dir():
            shutil.copytree(ROOT / place, into / place, ignore=NO_WORDS)
    for library in LIBRARIES:
        shutil.copytree(SITE / library, into / "libraries" / library, ignore=NO_WORDS)
    shutil.copytree(ROOT / "locale", into / "locale", ignore=shutil.ignore_patterns("*.mo"))


def extract(place: Path) -> None:
    """Run makemessages in `place`. Without settings, so that it reads this folder alone."""
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(ROOT)
    environment["PATH"] = f"{GETTEXT / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    environment["LD_LIBRARY_PATH"] = environment["DYLD_LIBRARY_PATH"] = str(GETTEXT / "lib")
    for domain, extensions in DOMAINS.items():
        subprocess.run(
            [
                *(sys.executable, "-m", "tools.makemessages", "--locale", LANGUAGE, "--domain", domain),
                *("--extension", extensions, "--no-wrap", "--no-obsolete", "--add-location", "file"),
                *("--verbosity", "0"),
            ],
            cwd=place,
            env=environment,
            check=True,
        )


def catalogue(base: Path, domain: str) -> Path:
    return base / "locale" / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"


def update() -> None:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        sources(copy)
        extract(copy)
        for domain in DOMAINS:
            if not catalogue(copy, domain).exists():
                continue
            # The moment of extraction would make every run a change.
            text = re.sub(
                r'^"POT-Creation-Date:.*\n', "", catalogue(copy, domain).read_text(), flags=re.MULTILINE
            )
            catalogue(ROOT, domain).parent.mkdir(parents=True, exist_ok=True)
            catalogue(ROOT, domain).write_text(text)


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def placeholders(text: str) -> set[str]:
    """What a translation must carry over: %(name)s and {name} whatever their order, %s and {} as often."""
    found = re.findall(r"%(?:\(\w+\))?[#0+-]*\d*(?:\.\d+)?[sdrfi]", text.replace("%%", ""))
    try:
        found += [f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        pass  # A lone brace is a sign, not a placeholder.
    by_place = {one for one in found if one == "{}" or (one.startswith("%") and "(" not in one)}
    return set(found) - by_place | {f"{one} x{found.count(one)}" for one in by_place}


def faults_of_message(message: Message) -> Iterator[str]:
    translated = texts(message.string)
    if message.fuzzy:
        yield "fuzzy"
    if not translated or not all(translated):
        yield "not translated"
        return
    # One plural form is enough for Indonesian; it carries what the English plural carries.
    wanted = placeholders(texts(message.id)[-1])
    for text in translated:
        if placeholders(text) != wanted:
            yield f"placeholders differ: {sorted(wanted ^ placeholders(text))}"
        original = texts(message.id)[-1]
        if original.startswith("\n") != text.startswith("\n") or original.endswith("\n") != text.endswith(
            "\n"
        ):
            yield "line breaks at the ends differ"


def faults() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        sources(copy)
        extract(copy)
        for domain in DOMAINS:
            ours, wanted = read(catalogue(ROOT, domain)), read(catalogue(copy, domain))
            have = {(message.id, message.context) for message in ours if message.id}
            need = {(message.id, message.context): message for message in wanted if message.id}
            for key in need.keys() - have:
                yield f"{domain}: missing {key[0]!r} ({need[key].locations[0][0]}): run `make messages`"
            for key in have - need.keys():
                yield f"{domain}: nobody uses {key[0]!r} any more: run `make messages`"
            for gone in ours.obsolete.values():
                yield f"{domain}: obsolete {gone.id!r}: run `make messages`"
            for message in ours:
                if message.id:
                    yield from (f"{domain}: {message.id!r}: {fault}" for fault in faults_of_message(message))


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        found = sorted(faults())
        print("\n".join(found) or "every word is translated")
        return 1 if found else 0
    if arguments:
        print("python -m tools.translations [--check]")
        return 2
    update()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
