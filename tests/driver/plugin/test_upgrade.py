from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import docker
import pytest

from batten.engine import Engine
from batten.errors import EngineError, Refusal
from batten.logs.install import PROGRAM, uninstall

if TYPE_CHECKING:
    from tests.driver.plugin.conftest import Plugin, Recorder

pytestmark = pytest.mark.engine

Log = Callable[..., str]
Soon = Callable[[Callable[[], Any]], None]
COUNTING = 'i=0; while [ $i -lt 400000 ]; do echo "$i"; i=$((i+1)); done; exec sleep 600'


def test_installing_again_keeps_containers_that_log(
    log: Log, plugin: "Plugin", recorder: "Recorder", soon: Soon
) -> None:
    """The program is replaced under them: nothing lost, nothing doubled, whoever asks again."""
    log("batten-test-kept", COUNTING)
    before = plugin.found.id
    for _ in range(2):
        done = plugin.install()
        assert (done.how, done.kept) == ("upgraded", ("batten-test-kept",))
    assert plugin.found.id == before
    soon(lambda: len(recorder.lines("batten-test-kept")) >= 400_000)
    found = [int(line) for line in recorder.lines("batten-test-kept")]
    assert found == list(range(400_000))


def test_installing_again_keeps_what_waits_and_what_was_set(
    log: Log, sdk: docker.APIClient, plugin: "Plugin", recorder: "Recorder", soon: Soon
) -> None:
    """Where nothing logs through it, it is made anew, and only its folder is what it was."""
    recorder.stop()
    sdk.wait(log("batten-test-waiting", "echo 1; echo 2"))
    before = plugin.found
    done = plugin.install()
    after = plugin.found
    assert done.how == "replaced"
    assert before.id != after.id
    assert before.environment["METRICS_ADDRESS"] == after.environment["METRICS_ADDRESS"] == ""
    assert before.sources == after.sources
    assert not (plugin.state / "program" / "current").exists()
    recorder.start()
    soon(lambda: recorder.lines("batten-test-waiting") == [b"1", b"2"])


def test_what_is_in_use_is_not_removed(log: Log, plugin: "Plugin", engine: Engine) -> None:
    """The engine would refuse too, but would not say who uses it."""
    log("batten-test-user", "exec sleep 600")
    with pytest.raises(Refusal, match="batten-test-user"):
        uninstall(engine, plugin.name, plugin.progress)
    with pytest.raises(Refusal, match="batten-test-user"):
        plugin.install({"LOG_LEVEL": "DEBUG"})


def test_two_names_do_not_disturb_each_other(
    log: Log, sdk: docker.APIClient, plugin: "Plugin", recorder: "Recorder", soon: Soon
) -> None:
    """Each has its own spool, and one goes without the other."""
    second = type(plugin)(plugin.engine, "batten-test-other")
    second.install({"METRICS_ADDRESS": ""})
    try:
        assert second.state != plugin.state
        sdk.wait(log("batten-test-first", "echo 1"))
        sdk.wait(log("batten-test-second", "echo 2", driver=second.name))
        soon(lambda: recorder.lines("batten-test-second") == [b"2"])
    finally:
        for container in sdk.containers(all=True, filters={"name": "batten-test-second"}):
            sdk.remove_container(container["Id"], force=True)
        second.uninstall()
    assert not list(second.state.iterdir())
    soon(lambda: recorder.lines("batten-test-first") == [b"1"])


def test_the_plugin_of_somebody_else_is_left_alone(engine: Engine, plugin: "Plugin") -> None:
    """Grafana's driver has the same name."""
    found = engine.plugin(plugin.name)
    assert found
    assert found.environment[PROGRAM]
    with pytest.raises(EngineError, match="no log driver `batten-test-none` of Batten's"):
        uninstall(engine, "batten-test-none", plugin.progress)
