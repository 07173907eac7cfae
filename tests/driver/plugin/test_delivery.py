import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import docker
import pytest

if TYPE_CHECKING:
    from tests.driver.plugin.conftest import Plugin, Recorder

pytestmark = pytest.mark.engine

Log = Callable[..., str]
Soon = Callable[[Callable[[], Any]], None]
Numbered = Callable[[int], str]


def numbers(lines: list[bytes]) -> list[int]:
    """The numbers that lines begin with."""
    return [int(line.split()[0]) for line in lines]


def test_a_flood_and_then_an_exit(
    log: Log, sdk: docker.APIClient, recorder: "Recorder", numbered: Numbered, soon: Soon
) -> None:
    """Nothing is lost, doubled or out of order, though the container ends while it is read."""
    count = 200_000
    container = log("batten-test-flood", "exec cat /lines", binds=[numbered(count)])
    sdk.wait(container)
    soon(lambda: len(recorder.lines("batten-test-flood")) >= count)
    assert numbers(recorder.lines("batten-test-flood")) == list(range(count))


def test_lines_arrive_as_they_were_written(
    log: Log, sdk: docker.APIClient, recorder: "Recorder", soon: Soon
) -> None:
    """Empty ones, ones that are no UTF-8, and one of 10 MB that the engine cuts into 640 pieces."""
    container = log(
        "batten-test-odd",
        "echo first; echo; printf '\\303(\\200\\n'; head -c 10485760 /dev/zero; echo; echo last",
        max_size="100m",
    )
    sdk.wait(container)
    soon(lambda: recorder.lines("batten-test-odd")[-1:] == [b"last"])
    found = recorder.lines("batten-test-odd")
    assert found[:3] == [b"first", b"", b"\xc3(\x80"]
    assert b"".join(found[3:-1]) == b"\0" * 10_485_760


@pytest.mark.parametrize("how", ["stop", "remove"])
def test_a_container_can_be_ended_while_loki_is_away(
    log: Log, sdk: docker.APIClient, recorder: "Recorder", soon: Soon, how: str
) -> None:
    """Neither its writing nor its end waits for Loki; its lines arrive when Loki is back."""
    recorder.stop()
    name = f"batten-test-away-{how}"
    command = 'i=0; while [ $i -lt 50000 ]; do echo "$i"; i=$((i+1)); done; exec sleep 600'
    container = log(name, command)
    soon(lambda: b"49999" in sdk.logs(container, tail=1))
    end = {"stop": lambda: sdk.stop(container, timeout=0), "remove": lambda: None}[how]
    ending = threading.Thread(target=end)
    ending.start()
    ending.join(10)
    assert not ending.is_alive()
    if how == "remove":
        sdk.remove_container(container, force=True)
    recorder.start()
    soon(lambda: len(recorder.lines(name)) >= 50_000)
    assert numbers(recorder.lines(name)) == list(range(50_000))


@pytest.mark.parametrize("modules", [["acceptor", "shipper"], ["driver"]])
def test_processes_that_are_killed_every_second_lose_nothing(
    log: Log, plugin: "Plugin", recorder: "Recorder", soon: Soon, modules: list[str]
) -> None:
    """The supervisor starts what it supervises; the engine starts the supervisor."""
    name = f"batten-test-killed-{'-'.join(modules)}"
    command = 'i=0; while [ $i -lt 300000 ]; do echo "$i"; i=$((i+1)); done; exec sleep 600'
    log(name, command)
    for _ in range(4):
        time.sleep(1)
        plugin.kill(*modules)
    soon(lambda: len(recorder.lines(name)) >= 300_000)
    assert numbers(recorder.lines(name)) == list(range(300_000))


def test_twenty_containers_at_once(
    log: Log, sdk: docker.APIClient, recorder: "Recorder", soon: Soon
) -> None:
    """Each line arrives under its own container's name."""
    names = [f"batten-test-many-{number}" for number in range(20)]
    containers = [log(name, f"echo {name}; echo 2") for name in names]
    for container in containers:
        sdk.wait(container)
    soon(lambda: all(len(recorder.lines(name)) == 2 for name in names))
    assert [recorder.lines(name) for name in names] == [[name.encode(), b"2"] for name in names]


def test_a_bad_option_is_shown_to_whoever_starts_the_container(log: Log) -> None:
    """The engine passes every option on, and shows the driver's words."""
    with pytest.raises(docker.errors.APIError, match="loki-batch-wait"):
        log("batten-test-bad", "true", loki_batch_wait="soon")


def test_docker_logs_works(log: Log, sdk: docker.APIClient, soon: Soon) -> None:
    """While the container runs, after it has stopped, in part, and with its times."""
    container = log(
        "batten-test-logs", "echo 1; echo 2; sleep 1; echo 3; exec sleep 600", keep_file="1"
    )
    soon(lambda: sdk.logs(container) == b"1\n2\n3\n")
    assert sdk.logs(container, tail=2) == b"2\n3\n"
    stamped = sdk.logs(container, timestamps=True).split()
    assert stamped[1::2] == [b"1", b"2", b"3"]
    between = time.time() - 0.5
    assert sdk.logs(container, since=between + 100) == b""
    sdk.stop(container, timeout=0)
    for _ in range(2):
        assert sdk.logs(container) == b"1\n2\n3\n"


def test_following_ends_with_the_container(log: Log, sdk: docker.APIClient) -> None:
    """`docker logs -f` shows all of it, and returns."""
    container = log("batten-test-follow", "for i in 1 2 3; do echo $i; sleep 0.5; done")
    assert list(sdk.logs(container, stream=True, follow=True)) == [b"1\n", b"2\n", b"3\n"]


def test_a_container_that_is_gone_leaves_nothing_once_shipped(
    log: Log, sdk: docker.APIClient, plugin: "Plugin", recorder: "Recorder", soon: Soon
) -> None:
    """Its lines arrive all the same."""
    recorder.stop()
    container = log("batten-test-gone", "echo farewell")
    sdk.wait(container)
    sdk.remove_container(container)
    assert list((plugin.state / "streams").glob(f"{container}-*"))
    recorder.start()
    soon(lambda: recorder.lines("batten-test-gone") == [b"farewell"])
    soon(lambda: not list((plugin.state / "streams").glob(f"{container}-*")))
