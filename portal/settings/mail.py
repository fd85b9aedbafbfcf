"""E-mails, and where their links lead."""

from portal.settings.environment import CSRF_TRUSTED_ORIGINS, PRODUCTION, STATE_DIR, env

# Where links lead that are read elsewhere, in e-mails and from commands: the name people know, or where `up` last ran.
_last = STATE_DIR / "up.address"
_here = _last.read_text().strip() if _last.exists() else f"http://localhost:{env.str('PORT', '8000')}"
PORTAL_URL = env.str("PORTAL_URL", next(iter(CSRF_TRUSTED_ORIGINS), _here)).rstrip("/")
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
