"""What the settings read, completed from this machine where the environment does not say it."""

import os
from pathlib import Path

from portal.servers.account import ROOT
from portal.servers.errors import ServerError
from portal.servers.lease import ensure_running
from portal.servers.places import state_dir
from portal.servers.secrets_file import local_secrets

GIVEN_IN_PRODUCTION = ("SECRET_KEY", "GERAI_PIN_PEPPER", "GERAI_AUDIT_KEYS", "ALLOWED_HOSTS")


def read_env_file(path: Path = ROOT / ".env") -> None:
    """`.env` first, as the settings do: a DATABASE_URL written there means that no server is ours to start."""
    if path.exists():
        import environ

        environ.Env.read_env(path)


def refuse_missing() -> None:
    """A production portal makes no secret and guesses no name: say at once all that it was not given."""
    missing = [name for name in GIVEN_IN_PRODUCTION if not os.environ.get(name)]
    if os.environ.get("GERAI_ENV") == "production" and missing:
        raise ServerError(f"GERAI_ENV=production, and nothing says {', '.join(missing)}: set it in .env.")


def complete_secrets() -> None:
    """Secrets of this machine, unless it is a production one: there they must be given."""
    if os.environ.get("GERAI_ENV") != "production":
        for name, value in local_secrets(state_dir()).items():
            os.environ.setdefault(name, value)


def start_servers(*, throwaway: bool = False) -> bool:
    """Start or share what DATABASE_URL and REDIS_URL do not name, and export the addresses.

    True when the database is the embedded one. Programs started from here inherit the addresses, and start nothing.
    """
    # A process that was handed the embedded database's address by another is a guest there.
    embedded = "DATABASE_URL" not in os.environ
    kinds = [
        kind
        for kind, name in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
        if name not in os.environ
    ]
    os.environ.update(ensure_running(*kinds, throwaway=throwaway))
    os.environ["GERAI_OWN_SERVERS"] = " ".join(kinds)
    return embedded
