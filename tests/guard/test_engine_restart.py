"""The engine is started anew, in each way it can end; on an engine of the test's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
Isolated = Callable[[str], "subprocess.CompletedProcess[str]"]

# db ends with 0 when it is told to; web needs it healthy; job has finished before; off was stopped
# by hand; once is not to be restarted; lost was given up. The guard is a container of the stack.
SCRIPT = r"""
PYTHON={python}; ROOT={root}; IMAGE=batten-test/tiny
engine() {{
    dockerd ${{1:-}} >/var/log/dockerd.log 2>&1 & ENGINE=$!
    for _ in $(seq 200); do docker version >/dev/null 2>&1 && return; sleep 0.05; done
    cat /var/log/dockerd.log >&2; exit 1
}}
end() {{ kill -$1 $ENGINE; wait $ENGINE || true; rm -f /run/docker.pid; }}
run() {{
    name=$1; depends=$2; policy=$3; shift 3
    docker run -d --name $name --stop-timeout 1 \
        --label com.docker.compose.project=s --label com.docker.compose.service=$name \
        --label com.docker.compose.depends_on="$depends" --label dev.batten.restart="$policy" \
        "$@" >/dev/null
}}
well() {{ $PYTHON - "$@" <<'EOF'
import json, sys, time, urllib.request
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    try:
        page = urllib.request.urlopen("http://127.0.0.1:9477/status", timeout=2).read()
        found = {{one["service"]: one for one in json.loads(page)["containers"]}}
        up = [found[name] for name in sys.argv[1:]]
        if all(one["phase"] == "up" and one["running"] and one["health"] in (None, "healthy") for one in up):
            sys.exit()
    except (OSError, KeyError):
        pass
    time.sleep(0.1)
sys.exit("not well: " + repr(found))
EOF
}}
tell() {{ docker inspect db web job off once lost guard >/tmp/batten-inspect-$$; $PYTHON - /tmp/batten-inspect-$$ <<'EOF'
import json, sys, urllib.request
found = {{one["Name"][1:]: one for one in json.load(open(sys.argv[1]))}}
status = json.loads(urllib.request.urlopen("http://127.0.0.1:9477/status").read())
phases = {{one["service"]: [one["phase"], one["reason"]] for one in status["containers"]}}
print(json.dumps({{
    "states": {{name: one["State"]["Status"] for name, one in found.items()}},
    "started": {{name: one["State"]["StartedAt"] for name, one in found.items()}},
    "policies": {{name: one["HostConfig"]["RestartPolicy"]["Name"] for name, one in found.items()}},
    "probes": [probe["End"] for probe in found["db"]["State"]["Health"]["Log"] if probe["ExitCode"] == 0],
    "phases": phases,
}}))
EOF
rm -f /tmp/batten-inspect-$$; }}
trap 'docker logs --timestamps guard >&2; cat $DATA/../guard/*.json >&2' EXIT
engine
docker import - $IMAGE < $DATA/../tiny.tar >/dev/null
ENDS="trap 'exit 0' TERM; while :; do sleep 0.1; done"
run guard "" engine --restart always --network host \
    {mounts} -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro \
    -v /run/docker.sock:/run/docker.sock -v $DATA/../guard:/state -e PYTHONPATH=$ROOT/src \
    -e BATTEN_GUARD_STATE=/state -e DOCKER_HOST=unix:///run/docker.sock \
    $IMAGE $PYTHON -c 'from batten.cli.entry import main; main()' guard
run db "" "on-failure delay=1s" --restart on-failure:5 \
    --health-cmd 'exit 0' --health-interval 0.5s $IMAGE sh -c "$ENDS"
run web db:service_healthy:false "on-failure delay=1s" --restart on-failure:5 $IMAGE sh -c "$ENDS"
run job "" "on-failure delay=1s" --restart on-failure:5 $IMAGE sh -c 'exit 0'
run off "" "any delay=1s" --restart always $IMAGE sh -c "$ENDS"
run once "" none $IMAGE sh -c "$ENDS"
run lost "" "on-failure delay=0s attempts=1" $IMAGE sh -c 'test -e /mended || exit 1; sleep 600'
well db web
docker stop off >/dev/null
sleep 1.5
tell
{middle}
well db web
tell
docker logs guard >&2
trap - EXIT
end TERM
"""


@pytest.fixture
def restart(isolated: Isolated, tmp_path: Path, tiny_layer: bytes) -> Callable[[str], list[Any]]:
    """Do something to the engine in the middle; returns what was seen before and after it."""
    (tmp_path / "tiny.tar").write_bytes(tiny_layer)
    (tmp_path / "guard").mkdir()

    def run(middle: str) -> list[Any]:
        python = Path(sys.executable)
        # The guard's container borrows this machine's Python, and what it needs of the system.
        folders = {Path("/usr"), Path(sys.base_prefix), python.parents[1], ROOT}
        mounts = " ".join(f"-v {folder}:{folder}:ro" for folder in sorted(folders))
        script = SCRIPT.format(python=python, mounts=mounts, root=ROOT, middle=middle)
        done = isolated(script)
        assert done.returncode == 0, done.stdout + done.stderr
        return [*map(json.loads, done.stdout.splitlines()), done.stderr]

    return run


DOWN = {
    "ends-in-order": "end TERM; engine",
    "is-killed": "end KILL; engine",
    "ends-while-the-guard-is-dead": 'kill -9 $(docker inspect -f "{{.State.Pid}}" guard); end TERM; engine',
}


@pytest.mark.parametrize("how", DOWN)
def test_the_stack_comes_back_in_order(how: str, restart: Callable[[str], list[Any]]) -> None:
    """What ended with 0 too; `web` once `db` is healthy; nothing that was not to be."""
    before, after, said = restart(DOWN[how])
    expected = {"db": "running", "web": "running", "guard": "running", "job": "exited"}
    expected |= {"off": "exited", "once": "exited", "lost": "exited"}
    assert expected == after["states"], said
    assert before["started"]["web"] != after["started"]["web"]
    assert any(probe < after["started"]["web"] for probe in after["probes"]), said
    assert ["left", "stopped"] == after["phases"]["off"]
    assert ["left", "finished"] == after["phases"]["job"]
    assert "always" == after["policies"]["guard"]
    assert {"no"} == {after["policies"][name] for name in ("db", "web", "job", "off")}


def test_with_live_restore_nothing_goes_down(restart: Callable[[str], list[Any]]) -> None:
    """The engine goes, the containers stay, and the guard finds the new engine."""
    live = "end TERM; engine --live-restore; sleep 2; docker start db web guard >/dev/null; well db web; tell"
    seen = restart(f"{live}; end TERM; engine --live-restore; sleep 1")
    assert seen[1]["started"] == seen[2]["started"]


def test_a_stack_that_was_stopped_as_a_whole_stays_down(
    restart: Callable[[str], list[Any]],
) -> None:
    """`compose stop`, then a reboot: the guard is back, and leaves it at that."""
    middle = "docker stop guard db web >/dev/null; end TERM; engine; sleep 3; tell; docker start db web >/dev/null"
    _, down, up, said = restart(middle)
    assert ("exited", "exited") == (down["states"]["db"], down["states"]["web"]), said
    assert ["left", "found"] == down["phases"]["db"]
    assert "up" == up["phases"]["web"][0]
