from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProgramState(TextChoices):
    DRAFT = "draft", pgettext_lazy("beta programme", "Draft")
    RUNNING = "running", pgettext_lazy("beta programme", "Running")
    ENDED = "ended", pgettext_lazy("beta programme", "Ended")


class Decision(TextChoices):
    """What became of a version that was tried."""

    NONE = "", _("Not decided yet")
    PROMOTED = "promoted", _("Made stable")
    STOPPED = "stopped", _("Stopped")


class Joining(TextChoices):
    """What becomes of a store that opens at one of the programme's branches while it runs."""

    STAYS_OUT = "out", _("They stay out")
    JOINS = "join", _("They join by themselves")


class DeviceKind(TextChoices):
    TILL = "till", _("Till")
    SERVER = "server", _("Store server")
    OTHER = "other", _("Other computer")


class Source(TextChoices):
    """Where it is known from that a version runs; they are never mixed."""

    CONFIRMED = "confirmed", _("Confirmed on the spot")
    REPORTED = "reported", _("Reported by the computer")
    PLANNED = "planned", _("Planned")


class Known(TextChoices):
    """Stores by what is known of them besides the plan: a computer's word, a look on the spot."""

    UNCONFIRMED = "unconfirmed", _("Never seen on the spot")
    CONFIRMED = "confirmed", _("Seen on the spot")
    SILENT = "silent", _("No computer has reported")
    REPORTED = "reported", _("Computers report")
