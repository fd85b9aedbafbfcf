"""The table of who gets which answer, read from matrix.csv, and what an answer is called there."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from django.urls import reverse

from organization.choices import ADMIN_ROLES
from tests.access.world import PLAIN, ROLES

TABLE = Path(__file__).with_name("matrix.csv")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHERS = "others"


@dataclass(frozen=True)
class Row:
    """Answers of one address to one method, by person."""

    url: str
    method: str
    answers: dict[str, str]


def rows() -> Iterator[Row]:
    """A line names several methods where the answers are the same.

    A frozen person is nobody: the session ends, and the answer is the stranger's.
    """
    with TABLE.open(newline="") as file:
        for line in csv.DictReader(file):
            answers = _expanded(line["roles"])
            answers |= {
                "anonymous": line["stranger"], "frozen": line["stranger"], "new_pin": line["must_change_pin"]
            }  # fmt: skip
            for method in line["methods"].split():
                yield Row(line["url"], method, answers)


def _expanded(text: str) -> dict[str, str]:
    """ "200 administrator auditor | 403 others" → answer by role."""
    answers: dict[str, str] = {}
    for part in text.split("|"):
        answer, *names = part.split()
        for name in names:
            if name == OTHERS:
                answers = dict.fromkeys(ROLES, answer) | answers
            else:
                answers[name] = answer
    assert set(answers) == set(ROLES), text
    return answers


def answer_of(response: Any) -> str:
    """The status, or where a redirect leads when that is a door: `login`, `new-pin`."""
    if response.status_code == 302:
        path = urlsplit(response["Location"]).path
        if path == reverse("login:new-pin"):
            return "new-pin"
        if path in (reverse("login:nik"), reverse("admin:login")):
            return "login"
    return str(response.status_code)


# Roles that nothing is given to today, and whose answers the plain employee's stand for in a slice.
QUIET = {"reporter", "department_pic", "responsible_staff"}
STRANGERS = ("anonymous", "frozen", "new_pin")


def people_of_slice(row: Row) -> list[str]:
    """Whom `make test` sends: a stranger, somebody who may not come in, and some of each answer, others at each address.

    Pages and the portal's forms ask for more people of an answer than other methods, of which each address gets one. The
    admin's forms count as other methods: their pages ask for the same right.
    """
    if row.method not in ("GET", "POST", turned(METHODS[2:], row.url)[0]):
        return []
    inside_admin = row.url.startswith("admin")
    many = row.method == "GET" or (row.method == "POST" and not inside_admin)
    alike = [role for role in ROLES if role not in QUIET and (not inside_admin or role in ADMIN_ALIKE)]
    roles = turned(alike, row.url) if many else turned(list(ROLES), row.url)
    chosen: dict[str, list[str]] = {}
    for role in roles:
        answer = row.answers[role]
        if len(chosen.setdefault(answer, [])) < (EACH[answer[0] in "23"] if many else 1):
            chosen[answer].append(role)
    return [
        "anonymous",
        turned(STRANGERS[1:], row.url)[0],
        *(who for some in chosen.values() for who in some),
    ]


def turned(things: Sequence[Any], name: str) -> list[Any]:
    """The same things, beginning with another one for another name."""
    start = crc32(name.encode()) % max(len(things), 1)
    return [*things[start:], *things[:start]]


# How many roles of each answer: of refusals, of what is let in.
EACH = (2, 3)
ADMIN_ALIKE = {*ADMIN_ROLES, PLAIN, "coordinator"}
