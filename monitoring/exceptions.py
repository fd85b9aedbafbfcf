from django.utils.translation import gettext_lazy as _

from core.exceptions import GeraiError


class MonitoringError(GeraiError):
    """Base of the rules of this app."""


class NotThisHost(MonitoringError):
    def __init__(self) -> None:
        super().__init__(_("Only the machine that the portal runs on can be loaded."))


class LoadAlreadyRunning(MonitoringError):
    def __init__(self) -> None:
        super().__init__(_("The machine is being loaded already."))


class NoWorker(MonitoringError):
    def __init__(self) -> None:
        super().__init__(_("The load could not be started: no worker can be reached."))
