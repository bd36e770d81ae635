"""Structured logs: one JSON object a line, UTC, no secret and no personal data.

What may be logged is ids, counts, codes and lengths of time. Keys whose name promises
more (tokens, bodies, names, addresses) are blanked, whoever logs them.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Parts of key names whose values never reach a log.
SECRET_PARTS = ("token", "secret", "authorization", "cookie", "password", "body", "email", "text", "phone")


def configure() -> None:
    """Send every log of this process to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            # Without local variables: they hold what people wrote.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # gql logs whole requests, values included, at INFO.
    for name in ("gql", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values of keys that could carry a secret or a person's words."""
    for key in fields:
        if any(part in key.lower() for part in SECRET_PARTS):
            fields[key] = "[redacted]"
    return fields


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry the subject's name."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(subject=name)
    return logger
