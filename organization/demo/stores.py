"""The demo's stores: near real towns, opened over twenty years, a few of them closed, one centre newly come."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from heapq import nsmallest
from math import cos, radians
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from organization.demo.branches import (
    CENTRES,
    TAKEN_OVER_BY,
    TAKEN_OVER_FROM,
    TAKEN_OVER_STORES,
    Place,
)
from organization.demo.names import COMPANIES, STREETS, phone
from organization.demo.towns import Town, kilometres, towns_by_centre
from organization.models import Branch, Store, StoreBranch

KM_A_DEGREE = 111.195
# Codes that a spreadsheet would spoil: a number in exponent form, and leading zeros.
DAMAGED_BY_SPREADSHEETS = ("1E05", "00017", "007E2")
NEIGHBOURS, NEAR_DEGREES = 6, 0.225


def shares(total: int, weights: list[int]) -> list[int]:
    """Split a whole number by weights, the remainders going to the largest fractions."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    by_fraction = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_fraction[: total - sum(parts)]:
        parts[i] += 1
    return parts


def around(town: Town, neighbours: list[Town], random: Random) -> tuple[Decimal, Decimal]:
    """A spot in the town or along a road out of it, towards a neighbour: that is where land is, on a coast too."""
    latitude, longitude = town.latitude, town.longitude
    if neighbours:
        other = random.choice(neighbours)
        apart = kilometres((latitude, longitude), (other.latitude, other.longitude)) or 1.0
        reach = min(0.45 * apart, 0.5 + 2.5 * (town.population / 1_000_000) ** 0.5, 4.5)
        along = random.random() * reach / apart
        latitude += (other.latitude - latitude) * along
        longitude += (other.longitude - longitude) * along
    latitude += max(-0.6, min(0.6, random.gauss(0, 0.25))) / KM_A_DEGREE
    longitude += max(-0.6, min(0.6, random.gauss(0, 0.25))) / (KM_A_DEGREE * cos(radians(latitude)))
    return Decimal(f"{latitude:.6f}"), Decimal(f"{longitude:.6f}")


def neighbours_of(town: Town, towns: list[Town]) -> list[Town]:
    """The nearest few towns within 25 km; a rough distance is enough to choose them."""
    near = (
        ((town.latitude - other.latitude) ** 2 + (town.longitude - other.longitude) ** 2, index)
        for index, other in enumerate(towns)
        if other is not town and abs(town.latitude - other.latitude) < NEAR_DEGREES
    )
    return [towns[index] for square, index in nsmallest(NEIGHBOURS, near) if 0 < square < NEAR_DEGREES**2]


def codes(total: int) -> Iterator[str]:
    yield from DAMAGED_BY_SPREADSHEETS[:total]
    for n in range(1, total - len(DAMAGED_BY_SPREADSHEETS) + 1):
        yield f"T{n:05}"


def opened_on(random: Random, today: date) -> date:
    """Over twenty years, more of them lately: the chain grows."""
    return today - timedelta(days=int(30 + 20 * 365 * (1 - random.random() ** 0.55)))


def build_stores(*, total: int, branches: dict[str, Branch], random: Random, today: date) -> list[Store]:
    """Unsaved stores of all centres, by weight; code, name and position differ from store to store."""
    towns = towns_by_centre(CENTRES)
    counts = shares(total, [centre.weight for centre in CENTRES])
    used_names: dict[str, int] = {}
    made = [
        _store(town, neighbours, branches[centre.code], used_names, random, today)
        for centre, count in zip(CENTRES, counts, strict=True)
        for town, neighbours in _towns_for(count, centre, towns[centre.code], random)
    ]
    # Codes are given in the order of opening, as a chain does.
    made.sort(key=lambda store: store.opened_on)
    for store, code in zip(made, codes(total), strict=True):
        store.code = code
    return made


def _towns_for(
    count: int, centre: Place, towns: list[Town], random: Random
) -> Iterator[tuple[Town, list[Town]]]:
    known: dict[Town, list[Town]] = {}
    weights = [max(town.population, 1500) ** 0.8 for town in towns]
    for town in random.choices(towns, weights, k=count):
        if town not in known:
            known[town] = neighbours_of(town, towns)
        yield town, known[town]


def _store(
    town: Town, neighbours: list[Town], branch: Branch, used: dict[str, int], random: Random, today: date
) -> Store:
    street = random.choice(STREETS)
    name = f"Toko {street} {town.name}"[:72]
    used[name] = used.get(name, 0) + 1
    latitude, longitude = around(town, neighbours, random)
    store = Store(
        name=name if used[name] == 1 else f"{name} {used[name]}",
        company=random.choice(COMPANIES),
        address=f"Jl. {street} No. {random.randrange(1, 240)}, {town.name}",
        city=town.name,
        phone=phone(random),
        branch=branch,
        latitude=latitude,
        longitude=longitude,
        is_position_verified=random.random() < 0.86,
        geofence_m=random.choice((75, 100, 100, 100, 150, 200)),
        visits_a_month=random.choice((1, 1, 1, 2, 2, 4)),
        opened_on=opened_on(random, today),
    )
    fate = random.random()
    if fate < 0.02:
        lived = (today - store.opened_on).days
        store.closed_on = store.opened_on + timedelta(days=random.randrange(10, lived))
    elif fate < 0.03:
        store.paused_from = today - timedelta(days=random.randrange(0, 25))
        store.paused_until = random.choice((None, today + timedelta(days=random.randrange(3, 60))))
    return store


def build_history(stores: list[Store], branches: dict[str, Branch], today: date) -> list[StoreBranch]:
    """Which branch served each store when: one row a store, two where the new centre took over from its neighbour."""
    changed_on = (today.replace(day=1) - timedelta(days=125)).replace(day=1)
    movable = [s for s in stores if s.branch == branches[TAKEN_OVER_BY] and s.opened_on < changed_on]
    moved = {id(store) for store in movable[: min(TAKEN_OVER_STORES, len(movable) * 2 // 3 + 1)]}
    before = branches[TAKEN_OVER_FROM]
    rows = []
    for store in stores:
        first = store.opened_on
        if id(store) in moved:
            rows.append(StoreBranch(store=store, branch=before, days=DateRange(first, changed_on)))
            first = changed_on
        rows.append(StoreBranch(store=store, branch=store.branch, days=DateRange(first, None)))
    return rows
