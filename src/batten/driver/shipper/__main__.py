"""`python3 -m batten.driver.shipper STATE_DIR`: ship what lies there, until told to stop."""

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from batten.driver.shipper.engine import Engine
from batten.driver.shipper.server import ADDRESS, serve
from batten.driver.shipper.shipper import Shipper
from batten.driver.spool import Spool
from batten.driver.spool.limits import Limits

# Containers and the acceptor come first when there is not enough CPU for all.
_NICE = 5
# glibc's names are M_ARENA_MAX and M_MMAP_THRESHOLD.
_ARENAS, _MMAP_FROM = -8, -3
# How long a push that is on its way may take after SIGTERM.
_FAREWELL_S = 2.0


def main(arguments: list[str]) -> int:
    """Run the shipper; 0 when it was told to stop."""
    if len(arguments) != 1:
        print("usage: python3 -m batten.driver.shipper STATE_DIR", file=sys.stderr)  # noqa: T201
        return 2
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s shipper: %(message)s")
    _step_back()
    try:
        limits = Limits.from_environment(os.environ)
    except ValueError as wrong:
        print(f"shipper: {wrong}", file=sys.stderr)  # noqa: T201
        return 2
    shipper = Shipper(Spool(Path(arguments[0])), Engine(), limits)
    servers = serve(shipper, os.environ.get("METRICS_ADDRESS", ADDRESS))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: shipper.stop())
    shipper.run()
    shipper.join(_FAREWELL_S)
    for server in servers:
        server.server_close()
    return 0


def _step_back() -> None:
    os.nice(_NICE)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    # The stacks of a few threads, not 8 MiB each.
    threading.stack_size(512 << 10)
    _give_back()


def _give_back() -> None:
    """Let what a push has used go back to the system, where the C library can be told so."""
    with contextlib.suppress(OSError, AttributeError):
        tell = ctypes.CDLL(None).mallopt
        tell(_ARENAS, 1)
        tell(_MMAP_FROM, 128 << 10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
