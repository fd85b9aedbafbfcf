"""What the settings read, completed from this machine where the environment does not say it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from portal.servers.account import ROOT
from portal.servers.errors import ServerError
from portal.servers.lease import ensure_running
from portal.servers.places import state_dir
from portal.servers.secrets_file import local_secrets

WHOLE_NUMBERS = (
    "BETA_API_RATE", "DATABASE_POOL_MAX", "FRESH_FACTOR_SECONDS", "GERAI_DEMO_DAYS", "GERAI_DEMO_SALES", "GERAI_DEMO_STORES", "PORT", "PPOB_API_RATE", "TRUSTED_PROXIES", "WEB",
)  # fmt: skip
GIVEN_IN_PRODUCTION = (
    "SECRET_KEY",
    "GERAI_PIN_PEPPER",
    "GERAI_FIELD_KEYS",
    "GERAI_AUDIT_KEYS",
    "ALLOWED_HOSTS",
)
# What an address begins with, and how it is told to look: the value itself may hold a password.
POSTGRESQL = (("postgresql", "postgres"), "postgresql://user:password@host:5432/name")
ADDRESSES = {
    "DATABASE_URL": POSTGRESQL,
    "DATABASE_OWNER_URL": POSTGRESQL,
    "REDIS_URL": (("redis", "rediss", "unix"), "redis://:password@host:6379"),
    "EMAIL_URL": (
        ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "dummymail", "filemail", "memorymail"),
        "smtp+tls://user:password@host:587",
    ),
}


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


def refuse_nonsense() -> None:
    """Before anything is started: a number or an address that is none would end some later process with a trace."""
    for name in WHOLE_NUMBERS:
        value = os.environ.get(name, "0")
        if not (value.isascii() and value.isdigit()):
            raise ServerError(f"{name}={value} is no whole number.")
    for name, (schemes, example) in ADDRESSES.items():
        if name in os.environ and not _is_address(os.environ[name], schemes, named=schemes == POSTGRESQL[0]):
            raise ServerError(f"{name} is no address of the kind {example}.")
    redis = os.environ.get("REDIS_URL", "")
    if not redis.startswith("unix:") and urlsplit(redis).path not in ("", "/", "/0"):
        raise ServerError(
            "REDIS_URL names one database of its server: leave it out, Gerai uses the databases 0, 1 and 2."
        )


def _is_address(value: str, schemes: tuple[str, ...], *, named: bool) -> bool:
    """Whether it has one of the schemes, a port that is a number and, if it must be `named`, what to open there."""
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and (parts.port or 1) > 0 and (len(parts.path) > 1 or not named)
    except ValueError:
        return False


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
