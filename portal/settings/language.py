"""Indonesian first; moments are shown in the zone of a person's branch."""

from django.utils.translation import gettext_lazy as _

from portal.settings.environment import BASE_DIR

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
# Pages say moments by `exact_time`; the admin by these.
FORMAT_MODULE_PATH = "portal.formats"
USE_THOUSAND_SEPARATOR = True
