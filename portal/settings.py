"""Settings of the portal, all of them readable from the environment (`.env.example` lists the names).

Without `DATABASE_URL` and `REDIS_URL` the servers of `portal.servers` are used; `manage.py` starts them and exports the
addresses before this file is read.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
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
FIELD_KEYS = env.list("GERAI_FIELD_KEYS", default=[])
# They sign the audit trail, newest first; whoever has only the database cannot forge an entry or a seal.
AUDIT_KEYS = (
    env.list("GERAI_AUDIT_KEYS") if PRODUCTION else env.list("GERAI_AUDIT_KEYS", default=["local-audit-key"])
)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many proxies overwrite X-Forwarded-For before us; 0 means that the socket's address is the person's.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "portal.admin_site.apps.GeraiAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "core",
    "organization",
    "notifications",
    "monitoring",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Above WhiteNoise, which answers for /static/ alone: files carry the same headers as pages.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.audit.middleware.AuditMiddleware",
    "organization.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.gerai"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.frame",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"


def _database(url: str) -> dict:
    """One alias. Pooled per process; the server's own time-outs end what hangs."""
    database = env.db_url_config(url)
    # A unix socket's folder comes percent-encoded, and django-environ leaves it so.
    database["HOST"] = unquote(database["HOST"])
    database["CONN_MAX_AGE"] = 0
    options = database.setdefault("OPTIONS", {})
    options["options"] = env.str("DATABASE_OPTIONS", "-c statement_timeout=60000 -c lock_timeout=5000")
    if env.bool("DATABASE_POOL", True):
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_MAX", 10), "timeout": 10}
    return database


_url = env.str("DATABASE_URL", "postgresql://gerai_app@%2Fnonexistent/gerai")
# `default` is the application's role; `owner` makes tables and partitions, and nothing else uses it.
DATABASES = {"default": _database(_url), "owner": _database(env.str("DATABASE_OWNER_URL", _url))}
DATABASES["owner"]["OPTIONS"].pop("pool", None)
DATABASES["owner"]["OPTIONS"]["options"] = "-c lock_timeout=10000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379")


def redis_url(number: int) -> str:
    """The address of database `number` as redis-py reads it, of a unix socket or a server."""
    if REDIS_URL.startswith("unix://"):
        return f"{REDIS_URL.split('?')[0]}?db={number}"
    return f"{REDIS_URL.rstrip('/')}/{number}"


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

AUTH_USER_MODEL = "organization.Employee"
AUTHENTICATION_BACKENDS = ["organization.backends.GrantBackend"]
PASSWORD_HASHERS = ["organization.hashers.PepperedArgon2Hasher"]
LOGIN_URL = "login:nik"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login:nik"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# No script of ours reads either: pages carry the token, and the language is the server's business.
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
# "full" shows name and place of a known NIK, "masked" shortens them, "hidden" makes known and unknown look the same.
LOGIN_SHOWS_PERSON = env.str("LOGIN_SHOWS_PERSON", "full")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organization.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.HasRolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pages.KeysetPages",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {"person": env.str("API_RATE", "600/min")},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.errors.handle",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gerai",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["core.api.permissions.IsEmployee"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.add_errors",
    ],
    "DESCRIPTION": "Places, people and machines, to read. A program sends its key: `Authorization: Bearer gerai_…`.",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"MachineKindEnum": "monitoring.choices.MachineKind"},
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *([BASE_DIR / "build" / "static"] if (BASE_DIR / "build" / "static").exists() else []),
]
MEDIA_ROOT = STATE_DIR / "media"
# What people may bring (docs/uploads.md says why). The gate of core.uploads holds a file against these before parsing it.
UPLOAD_LIMITS = {
    "table_bytes": 10_000_000,  # an XLSX or CSV as it comes
    "zip_entries": 200,
    "zip_total_bytes": 100_000_000,
    "zip_ratio": 100,
    "texts_bytes": 32_000_000,  # a workbook's shared texts, which are held in memory
    "rows": 50_000,
    "columns": 200,
    "request_rows": 500,  # more are previewed and saved by a job
    "request_bytes": 4_000_000,  # unpacked
    "errors_shown": 500,
    "changes_shown": 50,
    "picture_bytes": 8_000_000,
    "picture_pixels": 25_000_000,
    "picture_side": 1024,
    "keep_days": 30,  # an uploaded table; it holds personal data
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# Where links in e-mails lead.
PORTAL_URL = env.str(
    "PORTAL_URL", next(iter(CSRF_TRUSTED_ORIGINS), f"http://localhost:{env.str('PORT', '8000')}")
).rstrip("/")
# Without EMAIL_URL a local portal writes its e-mails into a folder; production sends none.
EMAIL = env.email_url_config(
    env.str("EMAIL_URL", "dummymail://" if PRODUCTION else f"filemail:///{STATE_DIR / 'mail'}")
)
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"] or None
EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_HOST"] or "localhost", EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"] or "", EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_TLS", False), EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Gerai <gerai@localhost>")

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task twice over: a healthy worker's message must not be delivered again.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": True,
    # A broker that is frozen takes connections and says nothing: without these its clients wait for ever.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
# A worker or beat never gives its broker up.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ROUTES = {"monitoring.tasks.poll_round": {"queue": "monitoring.0"}}
# What beat does; each app adds its own lines in portal/celery.py, so that the whole day can be read on one page.
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")

# Unfold reads this name; what stands in it is the admin's own business.
from portal.admin_site.look import UNFOLD  # noqa: E402, F401  settings above must not depend on it

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
            ],
        },
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(
                colors=False,
                # Without local variables: one of them may be a PIN.
                exception_formatter=structlog.dev.plain_traceback,
            ),
            "foreign_pre_chain": [structlog.stdlib.add_log_level],
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"}
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {"django_structlog": {"level": "WARNING"}, "daphne": {"level": "WARNING"}},
}
