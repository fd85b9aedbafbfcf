"""The demo chain, whole: places first, then people, then what they may do. Same seed and day, same rows."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from django.db.models import ForeignKey, Model
from django.utils import timezone

from organization.choices import Role
from organization.demo.branches import CENTRES, HEAD_OFFICE, Place
from organization.demo.copying import copy_in, number
from organization.demo.grants import GrantBook
from organization.demo.people import Post, Registrar, head_office_staff, heads_of, staff_of
from organization.demo.players import build_players
from organization.demo.stores import build_history, build_stores
from organization.demo.structure import build_structure
from organization.models import Branch, Department, Employee, Store

# Called with the share that is done (0–1) and what has just been written.
Progress = Callable[[float, str], None]
# A chain of fewer stores has centres without one, and nobody to play the reporter in Jakarta.
FEWEST_STORES = 100


def load(*, stores: int, seed: int, progress: Progress, today: date | None = None) -> dict[str, int]:
    """Write the chain into an empty database, inside the caller's transaction; returns the rows by model."""
    today = today or timezone.localdate()
    random = Random(seed)
    branches = {place.code: _branch(place) for place in (HEAD_OFFICE, *CENTRES)}
    divisions, departments = build_structure()
    _save(list(branches.values()))
    _save(divisions)
    _save(departments)
    progress(0.05, f"{len(branches)} branches, {len(divisions)} divisions")

    shops = build_stores(total=stores, branches=branches, random=random, today=today)
    progress(0.35, "towns and stores drawn")
    _save(shops)
    progress(0.5, f"{len(shops)} stores")
    history = build_history(shops, branches, today)
    _save(history)
    progress(0.6, f"{len(history)} dated branches of stores")

    by_code = {department.code: department for department in departments}
    people, posts, players = _people(branches, by_code, shops, Registrar(random, today))
    _save(people)
    progress(0.85, f"{len(people)} employees")
    book = GrantBook(divisions={d.code: d for d in divisions}, random=random, today=today)
    book.by_cast(players, branches)
    book.by_posts(posts)
    book.delegates(posts)
    _save(book.rows)
    _name_pics(departments, posts)
    progress(1.0, f"{len(book.rows)} roles with scope")
    written: tuple[Sequence[Model], ...] = (
        list(branches.values()), shops, history, divisions, departments, people, book.rows,
    )  # fmt: skip
    return {rows[0]._meta.label_lower: len(rows) for rows in written}


def _branch(place: Place) -> Branch:
    return Branch(
        code=place.code,
        name=place.name,
        kind=place.kind,
        address=place.address,
        city=place.city,
        province=place.province,
        time_zone=place.time_zone,
        latitude=Decimal(str(place.latitude)),
        longitude=Decimal(str(place.longitude)),
    )


def _people(
    branches: dict[str, Branch], departments: dict[str, Department], shops: list[Store], registrar: Registrar
) -> tuple[list[Employee], list[Post], dict[Role, Employee]]:
    """Everybody: the cast first, then offices, then the stores' heads (the reporter is one of them)."""
    reporter_at = next(s for s in shops if s.branch is branches["JKT"] and not s.closed_on)
    players = build_players(branches, departments, reporter_at)
    stores_of = dict.fromkeys(branches, 0)
    for shop in shops:
        stores_of[shop.branch.code] += 1
    posts = head_office_staff(branches["HO"], departments, registrar)
    for code, branch in branches.items():
        if code != HEAD_OFFICE.code:
            posts += staff_of(branch, stores_of[code], departments, registrar)
    heads = heads_of((s for s in shops if s is not reporter_at), registrar)
    return [*players.values(), *(post.employee for post in posts), *heads], posts, players


def _name_pics(departments: list[Department], posts: list[Post]) -> None:
    """Two PICs a department, of its own people where it has any at head office."""
    links = Department.pics.through
    rows = []
    for department in departments:
        own = [p.employee for p in posts if p.employee.department is department and p.employee.is_active][:2]
        rows += [links(department=department, employee=employee) for employee in own]
    links.objects.bulk_create(rows)


def _save(objects: Sequence[Model]) -> None:
    """Keys, then the keys of what they refer to, then COPY."""
    number(objects)
    for thing in objects:
        for field in thing._meta.concrete_fields:
            if isinstance(field, ForeignKey) and (other := thing._state.fields_cache.get(field.name)):
                setattr(thing, field.attname, other.pk)
    copy_in(objects)
