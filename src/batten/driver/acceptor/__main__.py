"""Start the acceptor: `python3 -m batten.driver.acceptor`, which the supervisor does."""

import logging
import os
import resource
import signal
import socket
import threading
from pathlib import Path

from batten.driver.acceptor.intake import Intake
from batten.driver.acceptor.server import Server
from batten.driver.spool.limits import Limits

# The supervisor holds the socket, so that a question asked while no acceptor lives waits for one.
LISTENING = "LISTENING"


def main() -> None:
    """Go on where the last acceptor ended, then answer."""
    logging.basicConfig(format="acceptor: %(message)s", level=os.environ.get("LOG_LEVEL", "INFO"))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # Processes that answer `docker logs` are nobody's to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    root = Path(os.environ.get("STATE", "/state"))
    intake = Intake(root, Limits.from_environment(os.environ))
    intake.reopen()
    listening = socket.socket(fileno=int(os.environ[LISTENING]))
    listening.set_inheritable(False)  # socket has no keyword for it
    server = Server(listening, intake, root)
    threading.Thread(target=server.run, name="server", daemon=True).start()
    intake.run()


if __name__ == "__main__":
    main()
