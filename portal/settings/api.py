"""The API: JSON only, one error shape, keyset pages."""

from portal.settings.environment import TRUSTED_PROXIES, env

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
# Calls a second of one program that signs (PPOB's core); a call may carry 500 sales.
PPOB_API_RATE = env.int("PPOB_API_RATE", 200)
# Calls a second of one store's computers (Beta-app): they need one in fifteen minutes, and a till that starts a few.
BETA_API_RATE = env.int("BETA_API_RATE", 5)
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
    "DESCRIPTION": "Places, people and machines, to read: a program sends its key, `Authorization: Bearer gerai_…`. "
    "Sales at payment points, to report: the core server signs each call. Versions of stores' computers, by a store's key.",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"MachineKindEnum": "monitoring.choices.MachineKind"},
}
