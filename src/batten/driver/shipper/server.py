"""`/status` and `/metrics`, on a socket in the spool and where METRICS_ADDRESS says."""

import http
import json
import logging
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

from batten.driver.shipper.metrics import metrics
from batten.driver.shipper.shipper import Shipper
from batten.driver.shipper.status import status

ADDRESS = "127.0.0.1:9713"
SOCKET = "shipper.sock"
_RETRY_S = 5.0

log = logging.getLogger("batten.driver.shipper")


def serve(shipper: Shipper, address: str) -> list[socketserver.BaseServer]:
    """Answer in threads of their own, on the socket in the spool and at `address` if there is one.

    An address that is taken is said, and tried again: the driver before this one may hold it still.
    """
    pages: dict[str, tuple[str, Callable[[], str]]] = {
        "/metrics": ("text/plain; version=0.0.4", lambda: metrics(shipper)),
        "/status": ("application/json", lambda: json.dumps(status(shipper)) + "\n"),
    }
    handler = type("Handler", (_Handler,), {"pages": pages})
    path = shipper.spool.root / SOCKET
    path.unlink(missing_ok=True)
    servers: list[socketserver.BaseServer] = []
    _answer(_Unix(str(path), handler), servers)
    if address:
        arguments = (address, handler, servers)
        threading.Thread(target=_bind, args=arguments, daemon=True).start()
    return servers


def _answer(server: socketserver.BaseServer, servers: list[socketserver.BaseServer]) -> None:
    servers.append(server)
    threading.Thread(target=server.serve_forever, args=(0.5,), daemon=True).start()


def _bind(address: str, handler: type, servers: list[socketserver.BaseServer]) -> None:
    told = False
    while True:
        try:
            host, port = _host_and_port(address)
            _answer((_TCP6 if ":" in host else _TCP)((host, port), handler), servers)
        except OSError as wrong:
            if not told:
                log.warning("metrics cannot be had at `%s` for now: %s", address, wrong)
            told = True
            time.sleep(_RETRY_S)
        except ValueError:
            log.warning("METRICS_ADDRESS is `%s`: write an address such as `%s`", address, ADDRESS)
            return
        else:
            return


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


class _Handler(BaseHTTPRequestHandler):
    pages: Mapping[str, tuple[str, Callable[[], str]]] = {}
    protocol_version = "HTTP/1.0"  # no connection stays open, and no thread with it

    def do_GET(self) -> None:
        kind, page = self.pages.get(self.path.partition("?")[0], ("", None))
        if page is None:
            self.send_error(http.HTTPStatus.NOT_FOUND, "there are /metrics and /status")
            return
        body = page().encode()
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "-"

    def log_message(self, *_: object) -> None:
        """Say nothing for each request."""


class _Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class _TCP(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _TCP6(_TCP):
    address_family = socket.AF_INET6
