"""Which Loki is asked: `--loki-url`, `LOKI_URL`, or a server of our own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.loki.conformance import own_server, suite


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run name any Loki."""
    parser.addoption("--loki-url", help="the Loki to ask, instead of our own server")


@pytest.fixture(scope="session")
def given_url(pytestconfig: pytest.Config) -> str | None:
    """The address that was given, if one was."""
    # Registered only when pytest is started on this folder
    given = pytestconfig.getoption("--loki-url", default=None) or os.environ.get("LOKI_URL")
    return given.rstrip("/") if given else None


@pytest.fixture(scope="session")
def base_s() -> int:
    """When the lines begin; the same for a whole run, which may cross an hour."""
    return suite.base_time()


@pytest.fixture(scope="session")
def own_url(tmp_path_factory: pytest.TempPathFactory, base_s: int) -> Iterator[str]:
    """The address of our own server, with the lines of pushes.json in it."""
    with own_server.running(tmp_path_factory.mktemp("loki")) as url:
        suite.push(url, base_s)
        yield url


@pytest.fixture(scope="session")
def loki_url(given_url: str | None, base_s: int, request: pytest.FixtureRequest) -> str:
    """The Loki under test, with the lines of pushes.json in it."""
    if given_url is None:
        url: str = request.getfixturevalue("own_url")
        return url
    suite.push(given_url, base_s)
    return given_url
