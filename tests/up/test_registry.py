"""Upstream's images are pulled where there is a registry.

The registry is a stand-in, since the machines that run these tests reach none: it serves one image
over the distribution protocol's `GET` and `HEAD`, which is all that a pull needs. The engine that
pulls is real, so a mistake in the stand-in's half of the protocol fails the test.
"""

import gzip
import hashlib
import json
import platform
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

NAME = "batten-test-up"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest(content: bytes) -> str:
    """How the protocol names content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blobs_of(layer: bytes) -> dict[str, bytes]:
    """An image of one layer, by the names that a registry is asked for."""
    packed = gzip.compress(layer)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    config = json.dumps(
        {
            "architecture": machine,
            "os": "linux",
            "config": {"Cmd": ["sleep", "600"], "Labels": {"dev.batten.test": "1"}},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        }
    ).encode()
    parts = {CONFIG: config, LAYER: packed}
    described = [
        {"mediaType": kind, "size": len(part), "digest": digest(part)}
        for kind, part in parts.items()
    ]
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": MANIFEST, "config": described[0], "layers": described[1:]}
    ).encode()
    return {"1": manifest} | {digest(part): part for part in (manifest, *parts.values())}


@pytest.fixture
def registry(tiny_layer: bytes) -> Iterator[str]:
    """Host and port of a registry that has `tiny:1` and nothing else."""
    blobs = blobs_of(tiny_layer)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            wanted = self.path.rstrip("/").rsplit("/", maxsplit=1)[-1]
            content = b"{}" if wanted == "v2" else blobs.get(wanted)
            known = content is not None and ("/tiny/" in self.path or wanted == "v2")
            self.send_response(200 if known else 404)
            body = content if known and content else b"{}"
            self.send_header("Content-Type", MANIFEST if "/manifests/" in self.path else "x/y")
            self.send_header("Docker-Content-Digest", digest(body))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_can_be_pulled_is_not_built(
    batten: Callable[..., Any], write: Callable[..., Path], registry: str
) -> None:
    """`auto` takes upstream's image, says that it pulls, and the second time has it."""
    write(f"services: {{a: {{image: '{registry}/tiny:1', init: true}}}}")
    write("services: {a: {TINY, pull_policy: never}}", "compose.embedded.yaml")
    first, again = batten("up"), batten("up", "--images", "registry")
    status = json.loads(batten("status", "--format", "json").stdout)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "built here" not in first.stderr
    assert status["summary"]["ok"] is True


def test_an_image_that_the_registry_has_not_is_named(
    batten: Callable[..., Any], write: Callable[..., Path], registry: str
) -> None:
    """A wrong tag is told as such, with what to do."""
    write(f"services: {{a: {{image: '{registry}/tiny:2'}}}}")
    done = batten("up")
    assert done.returncode == 1
    assert f"{registry}/tiny:2" in done.stderr
    assert "hint: " in done.stderr
