"""Run the server until it is told to stop."""

import logging
import os
import signal
import sys
import time
from pathlib import Path

import uvicorn
from starlette.routing import BaseRoute

from batten.loki.config import Config
from batten.loki.server.app import Service, create_app
from batten.loki.store import Store, StoreError
from batten.loki.store.store import MEMORY

FOLDER = "batten"
GRACE_S = 1
log = logging.getLogger("batten.loki")


class Logfmt(logging.Formatter):
    """One line for each record, as Loki writes its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record: `level=error ts=… caller=… msg="…"`."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        message = record.getMessage()
        if record.exc_info:
            message += f": {self.formatException(record.exc_info)}"
        message = message.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        level = record.levelname.lower().replace("warning", "warn").replace("critical", "error")
        return (
            f"level={level} ts={stamp}.{int(record.msecs):03d}Z "
            f'caller={record.module}.py:{record.lineno} msg="{message}"'
        )


def configure_log(level: str) -> None:
    """Write to stderr from `level` on, by Loki's name of it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Logfmt())
    names = {"debug": "DEBUG", "info": "INFO", "warn": "WARNING", "error": "ERROR"}
    logging.basicConfig(level=names.get(level, "INFO"), handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel("WARNING")


def engine_memory() -> int:
    """Bytes the engine may hold: 128 MiB, less where the container may have less than 512 MiB."""
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limit = int(Path(file).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        return min(MEMORY, limit // 4)
    return MEMORY


def serve(config: Config) -> int:
    """Serve until SIGTERM or SIGINT: 0; 1 where the data cannot be opened or the port be had."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn ends in order and then raises what it got once more; being told is no failure
        signal.signal(number, lambda *_: None)
    try:
        store = Store(
            config.path / FOLDER,
            retention=config.limits.retention_period,
            memory=engine_memory(),
            threads=len(os.sched_getaffinity(0)),
        )
    except (StoreError, OSError) as error:
        log.error("the data cannot be opened: %s", error)  # noqa: TRY400 - told, not traced
        return 1
    service = Service(config, store)
    log.info("serving on port %d, %d lines are kept", config.port, store.index.total())
    settings = uvicorn.Config(
        create_app(service, _query_routes(service)),
        host=config.host or "0.0.0.0",  # noqa: S104 - the container's own network
        port=config.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Longer than a sender's pool keeps an idle connection
        timeout_keep_alive=120,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = uvicorn.Server(settings)
    try:
        server.run()
    except SystemExit:
        service.close()  # the port cannot be had, which was logged
    return 0 if server.started else 1


def _query_routes(service: Service) -> list[BaseRoute]:
    from batten.loki.api import routes

    return routes(service.store, service.queries, service.config.limits)
