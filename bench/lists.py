"""The lists at 16,000 stores and 100,000 employees: the database time of a whole page against the same page by hand.

By hand: a statement each for the session, the person, the rights, the rows after a known key, and the count up to a
thousand. The page's own includes all that is asked, the filters' choices and the bell too. Both are statements run
one after another on the same connection, the page's as one request of it was heard to ask them: between them a page
renders, and a processor that has just done that takes its time for whatever comes next, which is not the database's.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from bench.harness import Comparison
from core.lists.cursor import Position, seal
from core.lists.views import ListState
from organization.choices import Role
from organization.models import Employee, Store
from organization.tests.factories import BranchFactory, EmployeeFactory
from organization.views import EmployeeListView, StoreListView

Statement = tuple[str, Any]
STORES, EMPLOYEES, SIZE = 16_000, 100_000, 25
PAGES = 40
FILL = """
    INSERT INTO organization_store (code, name, company, address, city, phone, branch_id, latitude, longitude,
        is_position_verified, geofence_m, visits_a_month, opened_on)
    SELECT 'S' || lpad(n::text, 5, '0'), 'Toko ' || md5(n::text), '', '', 'Kota ' || n %% 400, '',
        (SELECT array_agg(id) FROM organization_branch)[1 + n %% 32], -6.9, 107.6, true, 100, 1,
        date '2010-01-01' + n %% 5000
    FROM generate_series(1, %(stores)s) n;
    INSERT INTO organization_employee (password, nik, name, email, phone, picture, job_title, store_id, status,
        must_change_pin, language, joined_at, session_series)
    SELECT '!', (70000000 + n)::text, md5(n::text), '', '', '', 'Staf ' || n %% 40, stores.ids[1 + n %% %(stores)s],
        'active', false, 'id', now(), 0
    FROM generate_series(1, %(employees)s) n, (SELECT array_agg(id) ids FROM organization_store) stores;
    ANALYZE;
"""
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
PERSON = """
    SELECT p.*, b.* FROM organization_employee p LEFT JOIN organization_branch b ON b.id = p.branch_office_id
    WHERE p.id = %s
"""
RIGHTS = """
    SELECT g.scope, array_agg(t.app_label || '.' || r.codename) FROM organization_rolegrant g
        JOIN auth_group_permissions m ON m.group_id = g.group_id JOIN auth_permission r ON r.id = m.permission_id
        JOIN django_content_type t ON t.id = r.content_type_id
    WHERE g.employee_id = %s AND g.days @> current_date GROUP BY g.id
"""
ROWS = {
    "stores": """SELECT s.*, b.* FROM organization_store s JOIN organization_branch b ON b.id = s.branch_id
        WHERE (s.code, s.id) > (%s, %s) ORDER BY s.code, s.id LIMIT 26""",
    "employees": """SELECT e.*, s.*, b.*, o.*, d.* FROM organization_employee e
        LEFT JOIN organization_store s ON s.id = e.store_id LEFT JOIN organization_branch b ON b.id = s.branch_id
        LEFT JOIN organization_branch o ON o.id = e.branch_office_id
        LEFT JOIN organization_division d ON d.id = e.division_id
        WHERE (e.nik, e.id) > (%s, %s) ORDER BY e.nik, e.id LIMIT 26""",
}
COUNT = "SELECT count(*) FROM (SELECT 1 FROM organization_{} LIMIT 1001) counted"
MODELS: dict[str, Any] = {"stores": Store, "employees": Employee}
VIEWS = {"stores": StoreListView, "employees": EmployeeListView}
LISTS = (("stores", "store", "code", STORES), ("employees", "employee", "nik", EMPLOYEES))


def comparisons() -> list[Comparison]:
    branches = BranchFactory.create_batch(32)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"stores": STORES, "employees": EMPLOYEES})
    person = EmployeeFactory(branch_office=branches[0], roles=[Role.ADMINISTRATOR])
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return [
        _comparison(client, person, name, table, key, offset)
        for name, table, key, total in LISTS
        for offset in (SIZE, total // 2, total - 2 * SIZE)
    ]


def _comparison(client: Client, person: Employee, name: str, table: str, key: str, offset: int) -> Comparison:
    after = MODELS[name].objects.order_by(key, "id").values_list(key, "id")[offset]
    address = _address(name, key, after, person)
    by_hand = [
        (SESSION, [client.session.session_key]),
        (PERSON, [person.pk]),
        (RIGHTS, [person.pk]),
        (ROWS[name], after),
        (COUNT.format(table), []),
    ]
    asked = _statements_of(lambda: _open(client, address))
    return Comparison(
        name=f"{name}, page after row {offset:,}: page / by hand",
        unit="pages, database time",
        units=PAGES,
        ours=lambda: _ask(asked),
        peer=lambda: _ask(by_hand),
        at_least=0.5,
    )


def _address(name: str, key: str, after: tuple[str, int], person: Employee) -> str:
    """The list's address at a position, its cursor sealed as the page itself seals it."""
    view = VIEWS[name]()
    path = reverse(f"organization:{name.removesuffix('s')}-list")
    request = RequestFactory(SERVER_NAME="localhost").get(path, {"sort": key})
    request.user, view.request = person, request
    state = ListState(view, request)
    return state.url(c=seal(Position(*after), of=state.name))


def _open(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code


def _statements_of(work: Callable[[], None]) -> list[Statement]:
    """What the work asks of the database, once it is warm."""
    work()
    heard: list[Statement] = []

    def listen(execute: Any, sql: str, parameters: Any, *call: Any) -> Any:
        heard.append((sql, parameters))
        return execute(sql, parameters, *call)

    with connection.execute_wrapper(listen):
        work()
    return heard


def _ask(statements: list[Statement]) -> float:
    """Seconds that PAGES rounds of the statements take, rows fetched."""
    begun = perf_counter()
    with connection.cursor() as cursor:
        for _ in range(PAGES):
            for sql, parameters in statements:
                cursor.execute(sql, parameters)
                cursor.fetchall()
    return perf_counter() - begun
