"""Bad requests never break anything: no answer is a 500. Here a slice of the table; `make proof` sends all of it."""

import random
from collections import Counter
from urllib.parse import quote

import pytest

from organization.choices import Role
from tests.access.addresses import Address, every_address
from tests.access.bad_requests import BadRequest, bad_requests
from tests.access.world import World, kind_of

AT_LEAST = 2000
SENDERS = ("anonymous", Role.ADMINISTRATOR)
# Whoever gets farthest, where that is not the administrator.
STRONGEST = {"ppob": Role.PPOB_ADMINISTRATOR}
# They say 503 while the portal is not ready, which in a test it never is.
MAY_SAY_503 = {"health-ready"}


def broken_answers(world: World, seed: int, share: float = 1.0) -> tuple[int, list[str]]:
    """How many bad requests were sent, and those that broke something."""
    chance, sent, broken = random.Random(seed), 0, []
    for address in every_address():
        app = address.name.partition(":")[0]
        for who in ("anonymous", STRONGEST[app]) if app in STRONGEST else SENDERS:
            for request in bad_requests(world.url(address, who), _with_key(world, address), chance):
                if chance.random() > share:
                    continue
                sent += 1
                status = _status(world, who, request)
                if status >= 500 and not (status == 503 and address.name in MAY_SAY_503):
                    broken.append(
                        f"{status} {who} {request.kind}: {request.method} {request.url[:300]} {request.headers}"
                    )
    return sent, broken


def _status(world: World, who: str, request: BadRequest) -> int:
    extra = {"content_type": request.content_type, **request.headers}
    response = world.ask(who, request.method, request.url, data=request.body, **extra)
    return response.status_code


def _with_key(world: World, address: Address):
    """The address with another text where the object's key stands."""
    if not kind_of(address):
        return None
    url = world.url(address, "anonymous")
    parts = url.split("/")
    place = max(n for n, part in enumerate(parts) if any(sign.isdigit() for sign in part))
    return lambda key: "/".join([*parts[:place], key if "%" in key else quote(key), *parts[place + 1 :]])


@pytest.mark.django_db
def test_no_bad_request_breaks_anything(world):
    sent, broken = broken_answers(world, seed=3, share=0.1)

    assert not broken, "\n".join([*broken[:20], str(Counter(line.split(":")[0] for line in broken))])
    assert sent >= AT_LEAST


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/static/%00", "/static/..%2f..%2fmanage.py", "/%00", "/%ff", "/ws/live/", "//evil/", "/media/x"]
)
def test_paths_that_are_none_are_not_found(world, url):
    assert world.ask("anonymous", "GET", url).status_code in (301, 302, 400, 404)
