from monitoring.services.load import (
    NOT_CLAIMED_AFTER_S,
    claim_load,
    end_load,
    request_load,
    sweep_stale_loads,
)
from monitoring.services.machines import ensure_local_machine
from monitoring.services.roll_up import roll_up

__all__ = [
    "NOT_CLAIMED_AFTER_S",
    "claim_load",
    "end_load",
    "ensure_local_machine",
    "request_load",
    "roll_up",
    "sweep_stale_loads",
]
