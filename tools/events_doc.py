"""docs/events.md from the code: every event, its fields, who announces it and who hears it.

`python -m tools.events_doc` writes it, `--check` says whether it is behind. No server is needed.
"""

import ast
import dataclasses
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "events.md"
APPS = (
    "core",
    "organization",
    "notifications",
    "chat",
    "stores",
    "betaapp",
    "helpdesk",
    "monitoring",
    "ppob",
    "portal",
)
HEAD = """# Events

Made by `python -m tools.events_doc` from the code; `make check` fails when it is behind.

An event is announced by a service and told after the commit of its transaction; who hears it is wired in
`portal/wiring.py`. A listener that fails is written down and harms nobody else. What must not be lost is an outbox
message as well.

| event | what happened | fields | announced by | heard by |
| --- | --- | --- | --- | --- |
"""


def announcements() -> dict[str, set[str]]:
    """Event class → the functions that announce it: found in the text, for nothing is announced at import."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "tests" in path.parts or "migrations" in path.parts:
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    for event in _announced_in(function):
                        found.setdefault(event, set()).add(f"{module}.{function.name}")
    return found


def _announced_in(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "announce":
            for argument in node.args:
                if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name):
                    yield argument.func.id


def render() -> str:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from core.events import Event, listeners_of

    announced = announcements()
    lines = []
    for event in sorted(_subclasses(Event), key=lambda event: (event.__module__, event.__name__)):
        names = (
            f"`{event.__module__.split('.')[0]}.{event.__name__}`",
            " ".join((event.__doc__ or "").split()),
            ", ".join(f"`{field.name}`" for field in dataclasses.fields(event)),
            ", ".join(f"`{name}`" for name in sorted(announced.get(event.__name__, ()))) or "nobody",
            ", ".join(f"`{heard.__module__}.{heard.__qualname__}`" for heard in listeners_of(event))
            or "nobody yet",
        )
        lines.append(f"| {' | '.join(names)} |\n")
    return HEAD + "".join(lines)


def _subclasses(event: type) -> Iterator[type]:
    _import_all()
    child: type
    for child in event.__subclasses__():
        if not child.__module__.startswith("tests") and ".tests." not in child.__module__:
            yield child
            yield from _subclasses(child)


def _import_all() -> None:
    for app in APPS:
        for path in (ROOT / app).rglob("events.py"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def main(arguments: list[str]) -> int:
    wanted = render()
    if "--check" not in arguments:
        TARGET.write_text(wanted)
        return 0
    if TARGET.exists() and TARGET.read_text() == wanted:
        return 0
    print("docs/events.md is behind the code: python -m tools.events_doc")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
