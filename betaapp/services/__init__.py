"""What may be done in the Beta-App. Every service is one transaction."""

from betaapp.services.decisions import make_stable, promote, stop
from betaapp.services.feedback import give_feedback, open_problem
from betaapp.services.heartbeats import confirm_version, hear
from betaapp.services.programs import (
    add_application,
    change_program,
    end_program,
    end_what_is_over,
    make_program,
    remove_application,
    start_program,
)
from betaapp.services.stores import change_stores
from betaapp.services.tokens import make_store_token, revoke_store_token
from betaapp.services.waves import let_new_stores_join, widen

__all__ = [
    "add_application",
    "change_program",
    "change_stores",
    "confirm_version",
    "end_program",
    "end_what_is_over",
    "give_feedback",
    "hear",
    "let_new_stores_join",
    "make_program",
    "make_stable",
    "make_store_token",
    "open_problem",
    "promote",
    "remove_application",
    "revoke_store_token",
    "start_program",
    "stop",
    "widen",
]
