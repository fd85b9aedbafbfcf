"""Every address, every role, every method: matrix.csv says what each gets, and a person has read it.

Here some roles of each answer, others at each address; `make proof` asks for every role by every method.
"""

import pytest

from tests.access.addresses import every_address
from tests.access.matrix import METHODS, Row, answer_of, people_of_slice, rows
from tests.access.world import World

ROWS = list(rows())


def mismatches(world: World, wanted: list[Row], *, whole: bool) -> tuple[int, list[str]]:
    """How many requests were made, and which answers are not the table's."""
    addresses = {address.name: address for address in every_address()}
    asked, told = 0, []
    for row in wanted:
        for who in row.answers if whole else people_of_slice(row):
            response = world.ask(who, row.method, world.url(addresses[row.url], who))
            asked += 1
            answer = answer_of(response)
            if answer != row.answers[who]:
                told.append(f"{row.method} {row.url} {who}: {answer}, not {row.answers[who]}")
    return asked, told


def test_every_address_has_its_rows_and_every_row_an_address():
    named = [(row.url, row.method) for row in ROWS]

    assert len(named) == len(set(named))
    assert set(named) == {(address.name, method) for address in every_address() for method in METHODS}


def test_no_row_expects_a_fault():
    """What is not ready says 503; nothing may say 500."""
    assert {row.url for row in ROWS for answer in row.answers.values() if answer.startswith("5")} == {
        "health-ready"
    }


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_every_role_gets_what_the_table_says(world, method):
    asked, told = mismatches(world, [row for row in ROWS if row.method == method], whole=False)

    assert not told, "\n".join([f"{len(told)} of {asked}", *told[:40]])
