"""Logs go to standard error: lines for people, JSON in production."""

from collections.abc import MutableMapping
from typing import Any

import structlog

from portal.settings.environment import PRODUCTION, env


def without_probes(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Whoever asks /health/ each second knows the answer; it is no line of the log."""
    if str(event.get("request", "")).startswith("GET /health/"):
        raise structlog.DropEvent
    return event


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        without_probes,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.format_exc_info,
            ],
        },
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(
                colors=False,
                # Without local variables: one of them may be a PIN.
                exception_formatter=structlog.dev.plain_traceback,
            ),
            "foreign_pre_chain": [structlog.stdlib.add_log_level],
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        # A refusal (403, 404) has its line from django_structlog, with who and from where; here it would come once more,
        # a 403 with a trace.
        "django.request": {"level": "ERROR"},
        # Everybody on the internet tries names; the answer is 400, and the trace would say nothing more.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
