"""django-hordak in a process of its own: it wants other settings, its own tables, and a database for them.

Only where it is installed: `.venv/bin/uv pip install -r bench/requirements.txt`. Its models are used as its guide says,
`Account.transfer_to`, with accounts that are no tree.
"""

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

DATABASE, ACCOUNTS = "hordak_bench", 200


def is_installed() -> bool:
    return importlib.util.find_spec("hordak") is not None


class Hordak:
    """`run` gives the seconds that eight clients took."""

    def __init__(self, address: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.hordak", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        self._hear()

    def run(self, units: int) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{units}\n")
        self.process.stdin.flush()
        return float(self._hear())

    def _hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


def main(address: str) -> None:
    import psycopg
    from django.conf import settings

    known: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(address)
    owner = {**known, "user": "gerai_owner"}
    with psycopg.connect(**{**owner, "dbname": known["dbname"]}, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        database.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    names = {"HOST": "host", "PORT": "port", "PASSWORD": "password"}
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "USER": "gerai_owner", "CONN_MAX_AGE": None,
                **{ours: known[theirs] for ours, theirs in names.items() if theirs in known},
            }
        },
        USE_TZ=True, SECRET_KEY=DATABASE, DEFAULT_CURRENCY="IDR", CURRENCIES=["IDR"], HORDAK_CURRENCIES=["IDR"],
        HORDAK_INTERNAL_CURRENCY="IDR", HORDAK_DECIMAL_PLACES=0,
    )  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from hordak.models import Account

    call_command("migrate", verbosity=0, interactive=False)
    for number in range(ACCOUNTS):
        Account.objects.create(name=f"A{number}", code=f"{number:04}", type="LI", currencies=["IDR"])
    keys = list(Account.objects.values_list("pk", flat=True))
    connection.close()

    from bench.clients import Clients

    clients = Clients(
        {"hordak": _Post(keys)}, psycopg.conninfo.make_conninfo(address, dbname=DATABASE, user="gerai_owner")
    )
    sys.stdout.write("0\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{clients.run('hordak', int(line))}\n")
        sys.stdout.flush()
    os._exit(0)


class _Post:
    def __init__(self, keys: list[int]) -> None:
        self.keys = keys

    def __call__(self, database: Any, chance: Any, units: int) -> None:
        from hordak.models import Account
        from moneyed import Money

        for _ in range(units):
            giver, taker = (Account.objects.get(pk=pk) for pk in chance.sample(self.keys, 2))
            giver.transfer_to(taker, Money(5, "IDR"))


if __name__ == "__main__":
    main(sys.argv[1])
