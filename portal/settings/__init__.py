"""Settings of the portal, all of them readable from the environment (`.env.example` lists the names), a file for each noun."""

# Unfold reads this name; what stands in it is the admin's own business.
from portal.admin_site.look import UNFOLD as UNFOLD
from portal.settings.api import *
from portal.settings.environment import *
from portal.settings.environment import BASE_DIR
from portal.settings.files import *
from portal.settings.language import *
from portal.settings.login import *
from portal.settings.logs import *
from portal.settings.mail import *
from portal.settings.security import *
from portal.settings.servers import *
from portal.settings.work import *

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
    "betaapp",
    "ppob",
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
