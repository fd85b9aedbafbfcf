"""The master data whole: billers first, then products, then agents with their accounts. Same seed and hour, same rows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db.models import ForeignKey, Model
from django.utils import timezone

from organization.demo.copying import copy_in, number
from ppob.demo.agents import build_agents, build_corporates, build_devices, build_virtual_accounts
from ppob.demo.billers import build_billers, build_connections, build_profiles
from ppob.demo.contents import (
    build_blacklist,
    build_contents,
    build_limits,
    build_merchants,
    build_releases,
    build_rewards,
    build_settings,
)
from ppob.demo.products import build_prices, build_products, build_routes
from ppob.models import SettlementProfile
from ppob.services.accounts import open_agent_accounts, open_biller_accounts
from ppob.services.limits import apply_limits

# Called with the share that is done (0–1) and what has just been written.
Progress = Callable[[float, str], None]
PRICES_SINCE = timedelta(days=400)


def load(*, seed: int, progress: Progress, now: datetime | None = None) -> dict[str, int]:
    """Write it into an empty database, inside the caller's transaction; returns the rows by model.

    Accounts are opened and empty: what money is on them, the demo's sales say.
    """
    now = now or timezone.now()
    today, random = timezone.localdate(now), Random(f"ppob {seed}")
    billers, products, corporates = build_billers(), build_products(), build_corporates(random)
    written: list[Sequence[Model]] = [_save(billers), _save(products), _save(corporates)]
    open_biller_accounts(billers)
    written += [
        SettlementProfile.objects.bulk_create(build_profiles(billers)),
        _save(build_connections(billers, random, now)),
        _save(build_routes(products, billers)),
        _save(build_prices(products, today - PRICES_SINCE)),
    ]
    progress(0.1, f"PPOB: {len(billers)} billers, {len(products)} products")
    agents = build_agents(corporates, random, now)
    written.append(_save(agents))
    progress(0.5, f"PPOB: {len(agents)} agents")
    open_agent_accounts(agents)
    written += [
        _save(build_devices(agents, random)),
        _save(build_virtual_accounts(agents)),
        _save(build_limits(agents)),
        _save(build_merchants(agents, random)),
        _save(build_rewards()),
        _save(build_blacklist()),
        _save(build_releases(today)),
        _save(build_contents(today)),
        _save(build_settings()),
    ]
    apply_limits()
    progress(1, "PPOB: accounts, devices and limits")
    return {rows[0]._meta.label_lower: len(rows) for rows in written}


def _save(rows: Iterable[Model]) -> Sequence[Model]:
    """Keys, then the keys of what they refer to, then COPY."""
    objects = list(rows)
    number(objects)
    for thing in objects:
        for field in thing._meta.concrete_fields:
            if getattr(field, "auto_now_add", False):
                setattr(thing, field.attname, field.pre_save(thing, add=True))
            if isinstance(field, ForeignKey) and (other := thing._state.fields_cache.get(field.name)):
                setattr(thing, field.attname, other.pk)
    copy_in(objects)
    return objects
