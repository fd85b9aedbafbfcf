"""E-mails, and where their links lead."""

from portal.settings.environment import CSRF_TRUSTED_ORIGINS, PRODUCTION, STATE_DIR, env

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
