"""Which table of the dump becomes what, and under which names its columns may come: `mapping.toml`, or one's own."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ppob.legacy.exceptions import DumpRefused
from ppob.legacy.loaders import LOADERS
from ppob.legacy.secrets import is_secret

OURS = Path(__file__).with_name("mapping.toml")
_KEYS = {"into", "like", "skip", "columns", "values", "fixed", "ignored"}


@dataclass(frozen=True)
class TableMap:
    """One table. `columns`: for each field of ours the names that it may have there, the first one found wins."""

    name: str
    into: str = ""
    original: str = ""  # whose rows these are too: a backup's are its original's
    skip: str = ""
    columns: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()


def read_mapping(path: Path = OURS) -> dict[str, TableMap]:
    """In the order of the file, which is the order of reading. Raises DumpRefused."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DumpRefused(f"Cannot read the mapping {path}: {error}") from error
    tables: dict[str, TableMap] = {}
    for name, table in raw.items():
        tables[name.lower()] = _table(name.lower(), table, tables)
    return tables


def _table(name: str, table: Any, known: dict[str, TableMap]) -> TableMap:
    if not isinstance(table, dict) or table.keys() - _KEYS:
        odd = ", ".join(sorted(table.keys() - _KEYS)) if isinstance(table, dict) else "no table"
        raise DumpRefused(f"Mapping, [{name}]: {odd} is not known; {', '.join(sorted(_KEYS))} are.")
    if skip := table.get("skip"):
        return TableMap(name, skip=str(skip))
    base = TableMap(name)
    if like := table.get("like"):
        if like not in known:
            raise DumpRefused(f"Mapping, [{name}]: it is like {like}, which has to stand above it.")
        base = known[like]
    into = table.get("into", base.into)
    if into not in LOADERS:
        raise DumpRefused(
            f"Mapping, [{name}]: into is one of {', '.join(sorted(LOADERS))}, or say why by skip."
        )
    columns = {
        **base.columns,
        **{key: _names(name, names) for key, names in table.get("columns", {}).items()},
    }
    if odd_fields := columns.keys() - LOADERS[into].takes():
        raise DumpRefused(f"Mapping, [{name}.columns]: {into} has no {', '.join(sorted(odd_fields))}.")
    for key, names in columns.items():
        if secret := [one for one in names if is_secret(one)]:
            raise DumpRefused(f"Mapping, [{name}.columns] {key}: {secret[0]} is a secret and never read.")
    return TableMap(
        name=name,
        into=into,
        original=_original(name, like),
        columns=columns,
        values={**base.values, **{key: _texts(pairs) for key, pairs in table.get("values", {}).items()}},
        fixed={**base.fixed, **table.get("fixed", {})},
        ignored=frozenset({*base.ignored, *(one.lower() for one in table.get("ignored", ()))}),
    )


def _original(name: str, like: str | None) -> str:
    return like if like and name == f"{like}_backup" else name


def _names(table: str, names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise DumpRefused(f"Mapping, [{table}.columns]: each field has a list of names.")
    return [one.lower() for one in names]


def _texts(pairs: dict[str, Any]) -> dict[str, Any]:
    return {str(key).strip().casefold(): value for key, value in pairs.items()}
