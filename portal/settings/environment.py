"""Where settings come from: the environment, or a `.env` beside `manage.py`; and the secrets, which never have another home."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

PRODUCTION = env.str("GERAI_ENV", "local") == "production"
DEMO = env.bool("GERAI_DEMO", False)
if PRODUCTION and DEMO:
    raise ImproperlyConfigured(
        "The demo lets people in without a PIN: GERAI_DEMO=1 and GERAI_ENV=production exclude each other."
    )
DEBUG = env.bool("DEBUG", False)
STATE_DIR = Path(env.str("GERAI_STATE_DIR", str(BASE_DIR / ".local")))

# `make check` and `makemessages` run without servers or secrets; whatever serves people gets its own from the environment.
SECRET_KEY = (
    env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", "only-for-commands-that-serve-nobody" * 2)
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The pepper stays outside the database, so that a stolen table of six-digit PINs is not a list of PINs.
PIN_PEPPER = env.str("GERAI_PIN_PEPPER") if PRODUCTION else env.str("GERAI_PIN_PEPPER", "local-pepper")
# They seal what the database has to give back (KTP numbers, secrets of programs), newest first.
FIELD_KEYS = env.list("GERAI_FIELD_KEYS") if PRODUCTION else env.list("GERAI_FIELD_KEYS", default=[])
# They sign the audit trail, newest first; whoever has only the database cannot forge an entry or a seal.
AUDIT_KEYS = (
    env.list("GERAI_AUDIT_KEYS") if PRODUCTION else env.list("GERAI_AUDIT_KEYS", default=["local-audit-key"])
)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many proxies overwrite X-Forwarded-For before us; 0 means that the socket's address is the person's.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
