"""Who people are, and how long a login lasts."""

from portal.settings.environment import DEMO, env

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
# For how long a typed PIN proves who is at the keyboard, before approvals and what opens accounts; 0 never asks, as in
# the demo, where nobody has a PIN.
FRESH_FACTOR_SECONDS = env.int("FRESH_FACTOR_SECONDS", 0 if DEMO else 300)
