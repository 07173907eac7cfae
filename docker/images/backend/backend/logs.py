"""Logs: one JSON object a line, to stdout."""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLine(logging.Formatter):
    """Time, level, logger and message; a traceback, if any, stays on the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure() -> None:
    """Send every logger's records through `JsonLine`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # The pool warns at every failed try to connect; the request that fails says it once.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
