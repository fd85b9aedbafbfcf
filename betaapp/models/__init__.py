from betaapp.models.catalogue import Application, StablePeriod, Version
from betaapp.models.devices import ConfirmedVersion, Device, Drift, InstalledVersion, StoreToken
from betaapp.models.feedback import Feedback
from betaapp.models.programs import BetaProgram, Enrollment, ProgramApplication, StoreChange, StoreTrial

__all__ = [
    "Application",
    "BetaProgram",
    "ConfirmedVersion",
    "Device",
    "Drift",
    "Enrollment",
    "Feedback",
    "InstalledVersion",
    "ProgramApplication",
    "StablePeriod",
    "StoreChange",
    "StoreToken",
    "StoreTrial",
    "Version",
]
