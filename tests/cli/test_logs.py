"""`batten logs` as it is typed: without an engine, and with one that has no Loki."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Batten = Callable[..., subprocess.CompletedProcess[str]]
NAME = "batten-test-logs"
URL = ("--loki-url", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "1x", "-p", "a", *URL), "`--since 1x` names no time"),
        (("--until", "yesterday", "-p", "a", *URL), "`--until yesterday` names no time"),
        (("--tail", "many", *URL), "'many' is neither a number nor `all`"),
        (("--query", "{}", "web"), "--query says by itself which lines"),
        (("--query", "{}", "--grep", "x"), "--query says by itself which lines"),
        (("--follow", "--until", "1h"), "--follow has no end"),
        (("--query", "rate({a='b'}[1m])", "-f", *URL), "this query computes numbers"),
        (("-p", "a", "--loki-url", "loki:3100"), "the URL of Loki is no URL"),
        (("-p", "a", *URL), "no Loki answers at `http://127.0.0.1:9`: connection refused"),
        (("install", "--nam", "x"), "No such option"),
    ],
)
def test_wrong_words_are_told(batten: Batten, words: tuple[str, ...], said: str) -> None:
    """Exit 2, what was wrong, no traceback."""
    done = batten("logs", *words)
    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_about_the_driver_stand_in_the_help(batten: Batten) -> None:
    """With what they do; each has a help of its own."""
    shown = batten("logs", "--help").stdout
    assert all(f"\n  {name} " in shown for name in ("install", "uninstall", "status"))
    assert "Usage: batten logs install [OPTIONS]" in batten("logs", "install", "--help").stdout


def test_a_service_may_have_the_name_of_a_command(batten: Batten) -> None:
    """After `--`, or after an option, the word is a service."""
    for words in (("--", "status"), ("-n", "5", "status")):
        done = batten("logs", *words, DOCKER_HOST="")
        assert "there is no Compose file" in done.stderr
        assert "log driver" not in done.stderr


@pytest.fixture
def stack(
    start: Callable[..., str],
    eventually: Callable[[Callable[[], Any]], Any],
    sdk: Any,  # noqa: ANN401
) -> dict[str, str]:
    """A project of two services whose lines the engine keeps: ids by service."""
    ids = {
        service: start(
            script,
            labels={
                "com.docker.compose.project": NAME,
                "com.docker.compose.service": service,
                "com.docker.compose.oneoff": "False",
            },
            name=f"{NAME}-{service}-1",
            log_config={"type": "json-file", "config": {}},
        )
        for service, script in (
            (
                "web",
                "echo web one; sleep 0.1; echo web two >&2; sleep 0.5; echo web three; exec sleep 600",
            ),
            (
                "db",
                "echo db one; head -c 40000 /dev/zero | tail -c 40000 | cat; echo; exec sleep 600",
            ),
        )
    }
    eventually(lambda: b"three" in sdk.logs(ids["web"]))
    return ids


@pytest.mark.engine
@pytest.mark.usefixtures("stack")
def test_without_a_loki_the_engines_copy_is_read(batten: Batten) -> None:
    """In the order of time, with names, and said on standard error."""
    done = batten("logs", "-p", NAME, "--grep", " ", DOCKER_HOST="")
    lines = [line.partition(" | ") for line in done.stdout.splitlines()]
    assert 0 == done.returncode, done.stderr
    assert {"web one", "web two", "web three", "db one"} == {text for *_, text in lines}
    assert "web three" == lines[-1][2]
    assert {"web", "db "} == {before[14:] for before, *_ in lines}
    assert "! the stack has no Loki; these are the lines that the engine keeps" in done.stderr


@pytest.mark.engine
@pytest.mark.usefixtures("stack")
def test_json_tells_everything_and_a_long_line_is_whole(batten: Batten) -> None:
    """What the engine had cut in pieces of 16 KiB is one line again."""
    done = batten("logs", "-p", NAME, "--format", "json", DOCKER_HOST="")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    by_text = {one["line"]: one for one in found}
    assert 40_000 in {len(one["line"]) for one in found}
    assert 5 == len(found)
    two = by_text["web two"]
    assert ("web", f"{NAME}-web-1", "stderr") == (two["service"], two["container"], two["source"])
    assert {"compose_project", "compose_service", "container_name", "source"} == set(two["labels"])
    assert two["time"].endswith("Z")


@pytest.mark.engine
@pytest.mark.usefixtures("stack")
def test_what_is_asked_for_is_what_comes(batten: Batten) -> None:
    """One service, the last lines, a text, a time; names that are none are told."""

    def texts(*words: str) -> list[str]:
        done = batten("logs", "-p", NAME, "--format", "json", *words, DOCKER_HOST="")
        return [json.loads(line)["line"] for line in done.stdout.splitlines()]

    assert ["web two", "web three"] == texts("web", "-n", "2")
    assert ["web three"] == texts("--grep", "three")
    assert ["db one"] == texts("-n", "1", "--grep", "db")
    assert [] == texts("--until", "1h")
    assert 5 == len(texts("--since", "1h"))
    wrong = batten("logs", "-p", NAME, "wbe", DOCKER_HOST="")
    assert (2, "") == (wrong.returncode, wrong.stdout)
    assert "hint: did you mean `web`?" in wrong.stderr
    query = batten("logs", "-p", NAME, "--query", "{}", DOCKER_HOST="")
    assert (2, "") == (query.returncode, query.stdout)
    assert "a query wants a Loki" in query.stderr


@pytest.mark.engine
def test_following_the_engines_copy_ends_well(
    stack: dict[str, str],
    sdk: Any,  # noqa: ANN401  # the SDK
    tmp_path: Path,
) -> None:
    """New lines come, also of a container that was started again; Ctrl-C is exit 0."""
    batten = Path(sys.executable).with_name("batten")
    out = tmp_path / "out"
    words = [str(batten), "logs", "-p", NAME, "-f", "-n", "0", "--format", "json"]
    with (
        out.open("w") as file,
        subprocess.Popen(
            words, stdout=file, stderr=subprocess.PIPE, cwd=tmp_path, env=os.environ
        ) as running,
    ):
        time.sleep(2)
        sdk.restart(stack["web"], timeout=0)
        deadline = time.monotonic() + 15
        while "web three" not in out.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=10)
    texts = [json.loads(line)["line"] for line in out.read_text().splitlines()]
    assert 0 == running.returncode, said
    assert ["web one", "web three", "web two"] == sorted(texts)
    assert b"Traceback" not in said
