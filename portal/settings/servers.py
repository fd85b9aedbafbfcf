"""PostgreSQL and Redis: databases, broker, cache, live pages.

Without `DATABASE_URL` and `REDIS_URL` the servers of `portal.servers` are used; `manage.py` starts them and exports the
addresses before this file is read.
"""

from urllib.parse import unquote

from portal.settings.environment import env


def _database(url: str) -> dict:
    """One alias. Pooled per process; the server's own time-outs end what hangs.

    Without jit, which a PostgreSQL as installed has on: it compiles each of the demo's thousands of statements anew, and
    costs three times what they do.
    """
    database = env.db_url_config(url)
    # A unix socket's folder comes percent-encoded, and django-environ leaves it so.
    database["HOST"] = unquote(database["HOST"])
    database["CONN_MAX_AGE"] = 0
    options = database.setdefault("OPTIONS", {})
    options["options"] = env.str(
        "DATABASE_OPTIONS", "-c jit=off -c statement_timeout=60000 -c lock_timeout=5000"
    )
    if env.bool("DATABASE_POOL", True):
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_MAX", 10), "timeout": 10}
    return database


_url = env.str("DATABASE_URL", "postgresql://gerai_app@%2Fnonexistent/gerai")
# `default` is the application's role; `owner` makes tables and partitions, and nothing else uses it.
DATABASES = {"default": _database(_url), "owner": _database(env.str("DATABASE_OWNER_URL", _url))}
DATABASES["owner"]["OPTIONS"].pop("pool", None)
DATABASES["owner"]["OPTIONS"]["options"] = "-c jit=off -c lock_timeout=10000"
# Off behind a pooler that hands a connection on after each transaction (PgBouncer).
DATABASE_PREPARES = env.bool("DATABASE_PREPARES", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379")


def redis_url(number: int) -> str:
    """The address of database `number` as redis-py reads it, of a unix socket or a server."""
    if REDIS_URL.startswith("unix://"):
        return f"{REDIS_URL.split('?')[0]}?db={number}"
    return f"{REDIS_URL.removesuffix('/0').rstrip('/')}/{number}"


REDIS_BROKER, REDIS_CACHE, REDIS_LIVE = 0, 1, 2
CELERY_BROKER_URL = redis_url(REDIS_BROKER)
if REDIS_URL.startswith("unix://"):
    CELERY_BROKER_URL = (
        f"redis+socket://{REDIS_URL.removeprefix('unix://').split('?')[0]}?virtual_host={REDIS_BROKER}"
    )
LIVE_REDIS_URL = redis_url(REDIS_LIVE)
CACHES = {
    "default": {"BACKEND": "core.caching.ForgivingRedisCache", "LOCATION": redis_url(REDIS_CACHE)},
}
