"""Files: what browsers load, what people bring."""

from pathlib import Path

from portal.settings.environment import BASE_DIR, PRODUCTION, STATE_DIR, env

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *([BASE_DIR / "build" / "static"] if (BASE_DIR / "build" / "static").exists() else []),
]
MEDIA_ROOT = STATE_DIR / "media"
# Settlement files that billers, or who fetches from them, put down: <folder>/<biller's code>/<name with the date>.
SETTLEMENT_FOLDER = Path(env.str("GERAI_SETTLEMENT_FOLDER", str(STATE_DIR / "settlements")))
# What people may bring (docs/uploads.md says why). The gate of core.uploads holds a file against these before parsing it.
UPLOAD_LIMITS = {
    "table_bytes": 10_000_000,  # an XLSX or CSV as it comes
    "settlement_bytes": 300_000_000,  # a biller's file as it comes; a million sales take about 70 MB
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
