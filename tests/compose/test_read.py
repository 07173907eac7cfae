"""A stack comes out as Compose means it."""

import pkgutil
from collections.abc import Callable

import pytest

from batten import compose
from batten.compose import Project
from batten.errors import InputError

Write = Callable[..., Project]

BASE = """
services:
  db:
    image: postgres:15
    shm_size: 256mb
    ports: ["127.0.0.1:5432:5432"]
    healthcheck: {test: pg_isready, interval: 5s, start_period: 1m30s}
    environment: {A: b, PASSED: }
  web:
    image: web:1
    build: {context: ./web, args: {A: b, C: }}
    depends_on: {db: {condition: service_healthy}}
"""

OVERLAY = """
x-batten: {left-out: {web: a reason}}
services:
  db:
    memswap_limit: 2G
    deploy:
      resources:
        limits: {cpus: "1.5", memory: 2G, pids: 100}
        reservations: {cpus: "0.5", memory: 1G}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 5, window: 120s}
    logging: {driver: loki, options: {loki-url: "http://loki:3100"}}
  web: {scale: 0}
"""


def test_base_and_overlay_are_one_stack(project: Write) -> None:
    """Bytes, cores and seconds, whatever the notation."""
    stack = compose.read(project(BASE, OVERLAY))
    db = stack.services["db"]
    assert (stack.name, db.name) == ("demo", "db")
    assert (db.memory_limit, db.memory_reservation, db.memswap_limit) == (2 << 30, 1 << 30, 2 << 30)
    assert (db.cpu_limit, db.deploy.resources.limits.pids, db.shm_size) == (1.5, 100, 256 << 20)
    assert db.healthcheck
    assert (db.healthcheck.interval, db.healthcheck.start_period) == (5.0, 90.0)
    assert db.deploy.restart_policy
    assert (db.deploy.restart_policy.delay, db.deploy.restart_policy.window) == (5.0, 120.0)
    assert db.environment == {"A": "b", "PASSED": None}
    assert db.ports[0].number == 5432
    build = stack.services["web"].build
    assert build
    assert (build.context.name, build.dockerfile, build.args) == ("web", "Dockerfile", {"A": "b"})
    assert stack.services["web"].depends_on["db"].condition == "service_healthy"
    assert stack.left_out == {"web": "a reason"}


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("services:\n  a: {imge: x}", "2:7", "imge"),
        ("services:\n  a:\n    image: [x", "3:13", "is not YAML"),
        ("services:\n  a:\n    image: x\n\tb: y", "4:1", "is not YAML"),
        ('services:\n  a: {image: "${X:?say which}"}', "2:15", "`X` has no value: say which"),
        ('services:\n  a: {image: "x${NOPE}"}', "2:16", "`NOPE` has no value"),
        ('services:\n  a: {image: x, ports: ["99999:1"]}', "2:26", "99999"),
        ("services:\n  a: {image: x, depends_on: [q]}", "2:30", 'undefined service "q"'),
        (
            "services:\n  a: {image: x, deploy: {resources: {limits: {memory: abc}}}}",
            "2:47",
            "invalid size: 'abc'",
        ),
        ("services:\n  a: {}", "2:3", "neither an image nor a build"),
        ("services:\n  a: {image: x, env_file: no.env}", "2:27", "no.env"),
        ("services:\n  a: {image: x, extends: {file: no.yml, service: q}}", "2:33", "no.yml"),
        ("services:\n  a: {image: x, volumes: ['no:/x']}", "2:28", "undefined volume no"),
        ("- 1", "1:1", "no mapping"),
        ("", "1:1", "empty"),
        ("services:\n  b: *c", "2:6", "undefined alias"),
    ],
)
def test_what_compose_refuses_has_a_place(project: Write, text: str, at: str, words: str) -> None:
    """Every refusal names the file and the line where it can be mended, and what to do."""
    with pytest.raises(InputError) as caught:
        compose.read(project(text))
    assert words in caught.value.message
    assert caught.value.hint
    if text.endswith("[x"):  # where an unclosed bracket ends is a matter of taste
        assert str(caught.value.at).startswith("compose.0.yml:")
    else:
        assert str(caught.value.at) == f"compose.0.yml:{at}"


def test_the_overlay_that_decided_is_named(project: Write) -> None:
    """A mistake in the second file is not looked for in the first."""
    with pytest.raises(InputError) as caught:
        compose.read(project(BASE, "services:\n  db:\n    deploy: 3"))
    assert str(caught.value.at) == "compose.1.yml:3:5"


def test_a_stack_without_a_service_is_no_stack(project: Write) -> None:
    """Services that are all behind a profile are not silently nothing."""
    with pytest.raises(InputError, match="has no service"):
        compose.read(project("services: {a: {image: x, profiles: [p]}}"))


def test_many_aliases_and_merge_keys_are_read(project: Write) -> None:
    """Compose resolves anchors, more than a hundred of them."""
    services = "".join(f"  s{n}: {{<<: *common}}\n" for n in range(150))
    stack = compose.read(project(f"x-common: &common {{image: x}}\nservices:\n{services}"))
    assert {service.image for service in stack.services.values()} == {"x"}


def test_importing_a_module_does_not_hide_a_function() -> None:
    """No module of the package has the name of what the package offers."""
    modules = {module.name for module in pkgutil.iter_modules(compose.__path__)}
    assert set() == modules & set(compose.__all__)


def test_only_the_users_own_environment_is_read(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Batten gives to Compose for speed never gets into a stack that names it."""
    monkeypatch.delenv("GOMEMLIMIT", raising=False)
    monkeypatch.delenv("GOGC", raising=False)
    stack = project(
        "services: {a: {image: x, environment: {GOGC: , GOMEMLIMIT: '${GOMEMLIMIT:-900MiB}'}}}"
    )
    assert compose.read(stack).services["a"].environment == {"GOGC": None, "GOMEMLIMIT": "900MiB"}
    monkeypatch.setenv("GOMEMLIMIT", "1GiB")
    assert compose.read(stack).services["a"].environment["GOMEMLIMIT"] == "1GiB"
