"""A dump as tables of rows, streamed: a folder or ZIP of CSVs, or an SQL dump with `COPY … FROM stdin` sections."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from ppob.legacy.exceptions import DumpRefused

Row = tuple[int, list[str | None]]
_COPY = re.compile(r'\ACOPY\s+(?:"?\w+"?\.)?"?(\w+)"?\s*(?:\(([^)]*)\))?\s+FROM\s+stdin', re.IGNORECASE)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_NOTHING = {"", r"\N", "NULL", "null"}
csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Section:
    """One table: its columns, and its rows as (line of the file, cells). None is NULL; rows are read once."""

    table: str
    columns: list[str]
    rows: Iterable[Row]


class Dump(Protocol):
    def tables(self) -> list[str]:
        """Names of the tables in it, in lower case."""

    def sections(self, table: str) -> Iterator[Section]:
        """The table's rows; a dump may bring a table in pieces."""


def open_dump(path: Path) -> Dump:
    """Raises DumpRefused."""
    if not path.exists():
        raise DumpRefused(f"There is no {path}.")
    if path.is_dir():
        return _Folder(path)
    try:
        if zipfile.is_zipfile(path):
            return _Zip(path)
        if path.suffix.lower() == ".csv":
            return _Folder(path.parent, only=path.name)
        return _Sql(path)
    except OSError as error:
        raise DumpRefused(f"Cannot read {path}: {error.strerror}") from error


class _Folder:
    def __init__(self, path: Path, only: str = "") -> None:
        files = sorted(path.glob("*.[cC][sS][vV]"))
        self._files = {_table_of(file.name): file for file in files if not only or file.name == only}
        if not self._files:
            raise DumpRefused(f"{path} holds no CSV files. Name them after their tables: am_user.csv.")

    def tables(self) -> list[str]:
        return list(self._files)

    def sections(self, table: str) -> Iterator[Section]:
        with self._files[table].open("rb") as file:
            yield from _csv(table, file)


class _Zip:
    def __init__(self, path: Path) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        self._names = {_table_of(PurePosixPath(name).name): name for name in sorted(names)}
        if not self._names:
            raise DumpRefused(f"{path} holds no CSV files. Name them after their tables: am_user.csv.")

    def tables(self) -> list[str]:
        return list(self._names)

    def sections(self, table: str) -> Iterator[Section]:
        with zipfile.ZipFile(self._path) as archive, archive.open(self._names[table]) as file:
            yield from _csv(table, file)


@dataclass(frozen=True)
class _Place:
    offset: int
    line: int
    columns: list[str]


class _Sql:
    """Walked once for where the sections stand, so that they can be read in our order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, list[_Place]] = {}
        inside = False
        with path.open("rb") as file:
            offset = 0
            for number, line in enumerate(file, start=1):
                offset += len(line)
                if inside:
                    inside = line.rstrip(b"\r\n") != rb"\."
                elif line[:4].upper() == b"COPY" and (found := _COPY.match(_text(line))):
                    columns = [name.strip().strip('"').lower() for name in (found[2] or "").split(",")]
                    place = _Place(offset, number + 1, [name for name in columns if name])
                    self._places.setdefault(found[1].lower(), []).append(place)
                    inside = True
        if not self._places:
            raise DumpRefused(
                f"{path} is no folder or ZIP of CSV files, and has no section COPY … FROM stdin: dump with pg_dump's plain format."
            )

    def tables(self) -> list[str]:
        return list(self._places)

    def sections(self, table: str) -> Iterator[Section]:
        for place in self._places[table]:
            if not place.columns:
                raise DumpRefused(
                    f"{self._path}, line {place.line - 1}: COPY {table} does not name its columns."
                )
            with self._path.open("rb") as file:
                file.seek(place.offset)
                yield Section(table, place.columns, self._rows(file, place.line))

    @staticmethod
    def _rows(lines: Iterable[bytes], first: int) -> Iterator[Row]:
        for number, line in enumerate(lines, start=first):
            content = line.rstrip(b"\r\n")
            if content == rb"\.":
                return
            yield number, [None if cell == r"\N" else _unescaped(cell) for cell in _text(content).split("\t")]
        raise DumpRefused("The dump breaks off in the middle of a table.")


def _csv(table: str, file: Iterable[bytes]) -> Iterator[Section]:
    lines = iter(file)
    head = _text(next(lines, b"")).lstrip("\ufeff")
    if not head.strip():
        return
    delimiter = max(",;|\t", key=head.count)
    columns = [name.strip().lower() for name in next(csv.reader(io.StringIO(head), delimiter=delimiter))]
    reader = csv.reader((_text(line) for line in lines), delimiter=delimiter)

    def rows() -> Iterator[Row]:
        try:
            for cells in reader:
                if cells:
                    # The head was line 1; a cell may hold line ends.
                    yield reader.line_num + 1, [None if cell in _NOTHING else cell for cell in cells]
        except csv.Error as error:
            raise DumpRefused(f"{table}.csv, line {reader.line_num + 1}: {error}") from error

    yield Section(table, columns, rows())


def _table_of(file_name: str) -> str:
    """public.am_user.csv and AM_USER.CSV are am_user."""
    return file_name.lower().removesuffix(".csv").rpartition(".")[2]


def _text(line: bytes) -> str:
    """Old dumps are UTF-8, or what Windows wrote."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _unescaped(cell: str) -> str:
    return _ESCAPE.sub(_sign, cell) if "\\" in cell else cell


def _sign(found: re.Match[str]) -> str:
    code = found[1]
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return chr(int(code, 8) & 255) if code.isdigit() and code[0] in "01234567" else code
