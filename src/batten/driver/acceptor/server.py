"""The engine's questions, and their answers."""

import json
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batten.driver.acceptor import http
from batten.driver.acceptor.intake import Intake
from batten.driver.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("batten.driver.acceptor")

# Bytes: 200 containers that start at once are 200 threads for a moment.
_STACK = 256 << 10


class Server:
    """Answers on the plugin's socket, each question in a thread of its own."""

    def __init__(self, listening: socket.socket, intake: Intake, root: Path) -> None:
        self._listening = listening
        self._intake = intake
        self._root = root
        self._answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/Plugin.Activate": lambda _: {"Implements": ["LogDriver"]},
            "/LogDriver.Capabilities": lambda _: {"Cap": {"ReadLogs": True}},
            "/LogDriver.StartLogging": self._start,
            "/LogDriver.StopLogging": self._stop,
        }

    def run(self) -> None:
        """Answer for ever."""
        threading.stack_size(_STACK)
        while True:
            connection, _ = self._listening.accept()
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                if request := http.receive(connection):
                    self._reply(connection, request)
            except (http.BadRequest, KeyError) as error:
                connection.sendall(http.answer({"Err": f"bad request: {error}"}, "400 Bad Request"))
            except OSError as error:
                log.info("the engine hung up: %s", error)

    def _reply(self, connection: socket.socket, request: http.Request) -> None:
        if request.path == "/LogDriver.ReadLogs":
            read_logs(connection, self._root, request.body)
        elif answer := self._answers.get(request.path):
            connection.sendall(http.answer(answer(request.body)))
        else:
            told = {"Err": f"`{request.path}` is nothing that a log driver answers"}
            connection.sendall(http.answer(told, "404 Not Found"))

    def _start(self, body: dict[str, Any]) -> dict[str, str]:
        try:
            self._intake.begin(body["File"], body["Info"])
        except OptionError as error:
            return {"Err": str(error)}
        except OSError as error:
            return {"Err": f"the log driver cannot take `{error.filename}`: {error.strerror}"}
        return {"Err": ""}

    def _stop(self, body: dict[str, Any]) -> dict[str, str]:
        self._intake.end(body["File"])
        return {"Err": ""}


def read_logs(connection: socket.socket, root: Path, body: dict[str, Any]) -> None:
    """Have a process of its own answer: whoever reads must not slow down those who write."""
    wanted = {"container": body["Info"]["ContainerID"], **(body.get("Config") or {})}
    words = [sys.executable, "-m", "batten.driver.acceptor.reader", str(root), json.dumps(wanted)]
    os.posix_spawn(
        sys.executable,
        words,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, connection.fileno(), 1)],
    )
