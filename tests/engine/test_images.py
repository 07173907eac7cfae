"""Images: imported, built, pulled, and asked for."""

import io
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import docker
import pytest

from batten.engine import Engine
from batten.engine.pull import _follow
from batten.engine.reference import registry, split
from batten.engine.registry import plain_reason
from batten.errors import EngineError, ImageError

LABEL = {"dev.batten.test": "1"}
NOWHERE = "127.0.0.1:1/nobody/nothing:1"


def context(dockerfile: str) -> io.BytesIO:
    """A build context of one Dockerfile."""
    spool = io.BytesIO()
    with tarfile.open(fileobj=spool, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        tar.addfile(entry, io.BytesIO(dockerfile.encode()))
    spool.seek(0)
    return spool


@pytest.mark.parametrize(
    ("reference", "repository", "tag", "host"),
    [
        ("postgres", "postgres", "latest", "registry-1.docker.io"),
        ("grafana/loki:3.6.5", "grafana/loki", "3.6.5", "registry-1.docker.io"),
        ("quay.io/minio/minio:x", "quay.io/minio/minio", "x", "quay.io"),
        ("localhost:5000/a", "localhost:5000/a", "latest", "localhost:5000"),
        ("localhost/a:1", "localhost/a", "1", "localhost"),
        ("redis@sha256:00", "redis", "sha256:00", "registry-1.docker.io"),
        ("redis:8@sha256:00", "redis:8", "sha256:00", "registry-1.docker.io"),
    ],
)
def test_reference(reference: str, repository: str, tag: str, host: str) -> None:
    """A registry's port is no tag, and a name without a registry is Docker Hub's."""
    assert (repository, tag) == split(reference)
    assert host == registry(reference)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'Get "https://h/v2/": dial tcp: lookup h on 10.0.0.2:53: no such host',
            "`h` is not found",
        ),
        ("dial tcp 10.0.0.9:443: connect: connection refused", "`h` refuses connections"),
        ("net/http: TLS handshake timeout", "`h` does not answer"),
        ("context deadline exceeded", "`h` does not answer"),
        (
            "x509: certificate signed by unknown authority",
            "the certificate of `h` is not trusted",
        ),
        ("manifest for redis:99 not found: manifest unknown", "there is no such tag"),
        (
            "pull access denied for x, repository does not exist or may require 'docker login'",
            "there is none, or it wants `docker login`",
        ),
        (
            "toomanyrequests: You have reached your pull rate limit.",
            "`h` lets nobody pull that often; log in, or wait",
        ),
        ("authorization denied by plugin x", "authorization denied by plugin x"),
        ("something new\nand long", "something new"),
        ("", "`h` gave no reason"),
    ],
)
def test_reasons(said: str, told: str) -> None:
    """A registry's trouble is told in a few words, and an unknown one in its own."""
    assert told == plain_reason(said, "h")


def test_progress_of_a_pull() -> None:
    """Sizes of all layers are summed, and told only when they change."""
    mib = 1 << 20
    told: list[str] = []
    _follow(
        [
            {"status": "Pulling from library/redis", "id": "8"},
            _downloading("a", 1 * mib, 4 * mib),
            _downloading("b", 0, 6 * mib),
            _downloading("b", 100, 6 * mib),
            {"status": "Download complete", "id": "a"},
        ],
        told.append,
    )
    assert ["1 of 4 MiB", "1 of 10 MiB", "4 of 10 MiB"] == told


def test_pull_that_fails_halfway() -> None:
    """An error in the middle of a stream is one, though the answer began with success."""
    with pytest.raises(EngineError, match="unexpected EOF"):
        _follow([_downloading("a", 1, 4), {"error": "unexpected EOF"}], lambda _: None)


@pytest.mark.engine
def test_import(engine: Engine, tiny_image: str) -> None:
    """An imported image has the tag, the labels, a size and a date."""
    found = engine.image(tiny_image)
    assert found is not None
    assert (tiny_image,) == found.tags
    assert LABEL == found.labels
    assert 1 << 20 < found.size
    assert timedelta() <= datetime.now(UTC) - found.created < timedelta(hours=1)


@pytest.mark.engine
def test_import_of_labels_and_changes(engine: Engine) -> None:
    """Labels arrive letter by letter, and changes are applied; the tar may come in pieces."""
    labels = LABEL | {"said": 'a "$HOME" and a \\ backslash'}
    changes = ["CMD sleep 1"]
    found = engine.import_image(_pieces(), "batten-test/label:latest", labels, changes)
    assert labels == found.labels


@pytest.mark.engine
def test_import_of_what_is_no_tar(engine: Engine) -> None:
    """The engine's complaint inside a successful answer is an error."""
    with pytest.raises(EngineError):
        engine.import_image(io.BytesIO(b"x" * 2048), "batten-test/broken:latest", LABEL)
    assert engine.image("batten-test/broken:latest") is None


@pytest.mark.engine
def test_build(engine: Engine, tiny_image: str) -> None:
    """A build tells its output line by line, and leaves a labelled image."""
    said: list[str] = []
    text = f"FROM {tiny_image} AS base\nARG WHO\nRUN echo hello $WHO\nFROM base AS more\nENV A=1\n"
    found = engine.build(
        context(text),
        "batten-test/built:latest",
        args={"WHO": "world"},
        labels=LABEL,
        target="base",
        no_cache=True,
        on_line=said.append,
    )
    assert ("batten-test/built:latest",) == found.tags
    assert LABEL == found.labels
    assert "hello world" in said
    assert not [line for line in said if "\n" in line or "--->" in line or not line]
    assert not [line for line in said if "ENV A=1" in line]


@pytest.mark.engine
def test_failing_build(engine: Engine, tiny_image: str, sdk: docker.APIClient) -> None:
    """A failing step is told with what its command said, and no container of it stays."""
    before = {one["Id"] for one in sdk.containers(all=True)}
    text = f"FROM {tiny_image}\nRUN echo 'the flux is low' >&2; exit 4\n"
    with pytest.raises(ImageError) as caught:
        engine.build(context(text), "batten-test/failed:latest", labels=LABEL, no_cache=True)
    assert "`batten-test/failed:latest` cannot be built" in caught.value.message
    assert "returned a non-zero code: 4" in caught.value.message
    assert "\n  the flux is low" in caught.value.message
    assert engine.image("batten-test/failed:latest") is None
    left = {one["Id"]: one for one in sdk.containers(all=True) if one["Id"] not in before}
    assert not [one for one in left.values() if "the flux is low" in one["Command"]]


@pytest.mark.engine
def test_broken_dockerfile(engine: Engine) -> None:
    """A Dockerfile that cannot be read is the image's fault, not the engine's."""
    with pytest.raises(ImageError, match="unknown instruction: FORM"):
        engine.build(context("FORM scratch\n"), "batten-test/failed:latest")


@pytest.mark.engine
def test_missing_dockerfile(engine: Engine) -> None:
    """The same goes for one that is not there."""
    with pytest.raises(ImageError, match="Nowhere"):
        engine.build(context("FROM scratch\n"), "batten-test/failed:latest", dockerfile="Nowhere")


@pytest.mark.engine
def test_build_on_a_full_disk(engine: Engine, tiny_image: str) -> None:
    """A command that finds no room says so in its output, and that is what is told."""
    text = f"FROM {tiny_image}\nRUN echo 'cp: x: No space left on device' >&2; exit 1\n"
    with pytest.raises(EngineError, match="no room left"):
        engine.build(context(text), "batten-test/failed:latest", labels=LABEL, no_cache=True)


@pytest.mark.engine
def test_missing_image(engine: Engine) -> None:
    """An image that is not there is None, whatever its name."""
    assert engine.image("batten-test/none:1") is None
    assert engine.image(NOWHERE) is None


@pytest.mark.engine
def test_registry_that_is_down(engine: Engine) -> None:
    """A registry that cannot be reached is told at once, and nothing is fetched."""
    began = time.monotonic()
    assert "`127.0.0.1:1` refuses connections" == engine.registry_error(NOWHERE)
    assert time.monotonic() - began < 6


@pytest.mark.engine
def test_pull_of_what_cannot_be_had(engine: Engine) -> None:
    """A pull that fails names the image, the reason and what to do."""
    with pytest.raises(ImageError) as caught:
        engine.pull(NOWHERE)
    assert f"`{NOWHERE}` cannot be had: `127.0.0.1:1` refuses connections" == caught.value.message
    assert caught.value.hint


def _downloading(layer: str, current: int, total: int) -> dict[str, object]:
    detail = {"current": current, "total": total}
    return {"status": "Downloading", "id": layer, "progressDetail": detail}


def _pieces() -> Iterator[bytes]:
    spool = io.BytesIO()
    with tarfile.open(fileobj=spool, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    yield from (bytes([byte]) for byte in spool.getvalue())
