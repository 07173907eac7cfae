"""`python -m backend` serves until it is told to stop."""

import logging
import sys

import uvicorn

from backend import logs
from backend.app import create_app
from backend.settings import Settings

log = logging.getLogger("backend")


def main() -> int:
    """Serve; 2 when a setting is wrong."""
    logs.configure()
    try:
        settings = Settings.from_environment()
    except ValueError as error:
        log.critical("%s", error)
        return 2
    uvicorn.run(
        create_app(settings),
        host="0.0.0.0",  # noqa: S104 - the container's own network
        port=settings.listen_port,
        log_config=None,
        access_log=False,  # Caddy writes one
        server_header=False,
        # Longer than Caddy keeps an idle connection: who closes first must not be who is asked,
        # or now and then a request runs into a closing door.
        timeout_keep_alive=60,
        # Requests that are being answered get this many seconds after SIGTERM.
        timeout_graceful_shutdown=10,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
