from monitoring.services.load import claim_load, end_load, request_load, sweep_stale_loads
from monitoring.services.machines import ensure_local_machine
from monitoring.services.roll_up import roll_up

__all__ = [
    "claim_load",
    "end_load",
    "ensure_local_machine",
    "request_load",
    "roll_up",
    "sweep_stale_loads",
]
