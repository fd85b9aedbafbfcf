"""The demo: loaded into an empty database, never beside anybody's data."""

import time
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import connections

from portal.demo_mark import DemoMark, demo_mark
from portal.launcher.errors import LauncherError
from portal.launcher.terminal import Terminal


def ensure_demo(*, embedded: bool, asked: bool, refused: bool, terminal: Terminal) -> bool:
    """Load the demo where it belongs; returns whether the portal runs as the demo.

    An external database gets it only when `asked`. An interrupted load is removed and begun again where the database
    is ours alone; elsewhere somebody has to look.
    """
    mark = demo_mark(using="owner")
    if mark == DemoMark.LOADING:
        if not embedded:
            raise LauncherError(
                "An earlier load of the demo was interrupted: give the portal an empty database."
            )
        terminal.say("An earlier load of the demo was interrupted; beginning again.")
        _begin_anew()
    elif mark == DemoMark.LOADED:
        return not refused
    if get_user_model().objects.using("owner").exists():
        if asked:
            raise LauncherError("The database has people in it already: the demo is only for an empty one.")
        return False
    if refused or not (embedded or asked) or "demo" not in get_commands():
        return False
    _load(terminal)
    return True


def give_the_cast_a_pin() -> str:
    """One PIN for all the people of the role cards, which holds until the next `up --lan`."""
    from organization.demo.players import set_pin_of_the_cast

    return set_pin_of_the_cast()


def _load(terminal: Terminal) -> None:
    terminal.say("Loading the demo chain, this once; it takes about half a minute…")
    began = time.monotonic()
    call_command("demo")
    _flush_to_disk()
    terminal.say(f"The demo is loaded ({time.monotonic() - began:.0f} s).")


def _flush_to_disk() -> None:
    """Now, while people look around, and not when they press Ctrl-C; only the embedded owner may ask for it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role('pg_checkpoint', 'USAGE') FROM pg_roles WHERE rolname = 'pg_checkpoint'"
        )
        if (cursor.fetchone() or [False])[0]:
            cursor.execute("CHECKPOINT")


def _begin_anew() -> None:
    """Drop the embedded database and make it again, which is quicker than to find out what was half done."""
    from portal.servers.databases import set_up_local

    database = connections["owner"].settings_dict
    connections.close_all()
    set_up_local(Path(database["HOST"]), database["NAME"], anew=True)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
