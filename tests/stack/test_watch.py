"""The stack is watched: every target answers, and rules and dashboard ask for what is there."""

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

pytestmark = pytest.mark.engine

Stack = Any
T = TypeVar("T")
ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "docker/config/grafana/dashboards/stack.json"
# Metrics of services that the embedded stack leaves out.
LATER = {"caddy_http_request_errors_total"}  # is there from the first error on
ELSEWHERE = re.compile(r"^(grafana|minio|promtail)_")


def prometheus(stack: Stack, path: str, **query: str) -> Any:  # noqa: ANN401  # JSON
    """Ask Prometheus's API."""
    url = f"http://127.0.0.1:{stack.port('PROMETHEUS')}/api/v1/{path}"
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(query)}", timeout=10) as answer:  # noqa: S310
        return json.load(answer)["data"]


def eventually(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What `look` finds as soon as it is `enough`, or what it found last after a minute."""
    for _ in range(60):
        if enough(found := look()):
            break
        time.sleep(1)
    return found


@pytest.fixture(scope="module")
def scraped(stack: Stack) -> Stack:
    """The stack after a request went through it and every target was scraped since.

    That takes up to two scrape intervals: one to see the request, one for rules made of it.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port('HTTP')}/notes", timeout=10):
        pass
    for _ in range(60):
        if prometheus(stack, "query", query="sum(caddy_http_requests_total) > 0")["result"]:
            break
        time.sleep(1)
    return stack


def test_every_target_is_up(scraped: Stack) -> None:
    """Each service that has metrics is scraped, and answers."""
    targets = eventually(
        lambda: prometheus(scraped, "targets")["activeTargets"],
        lambda targets: all(target["health"] == "up" for target in targets),
    )
    found = {target["labels"]["job"]: (target["health"], target["lastError"]) for target in targets}
    assert found == dict.fromkeys(found, ("up", ""))
    assert {
        "prometheus",
        "caddy",
        "backend",
        "postgres",
        "redis",
        "pgbouncer",
        "s3",
        "loki",
    } == set(found)


def test_thirty_days_are_kept(stack: Stack) -> None:
    """The running server says so."""
    assert prometheus(stack, "status/flags")["storage.tsdb.retention.time"] == "30d"


def test_promtool_accepts_configuration_and_rules(stack: Stack) -> None:
    """As the running container has them."""
    done = subprocess.run(
        [
            *("docker", "exec", stack.container("prometheus")),
            *("promtool", "check", "config", "/etc/prometheus/prometheus.yml"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "SUCCESS" in done.stdout


def test_no_rule_fails_and_none_fires_on_a_healthy_stack(scraped: Stack) -> None:
    """Every expression can be evaluated against what the stack really exports."""
    groups = prometheus(scraped, "rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    errors = {rule["name"]: rule["lastError"] for rule in rules if rule.get("lastError")}
    firing = [rule["name"] for rule in rules if rule.get("state") == "firing"]
    assert rules
    assert errors == {}
    assert firing == []


def test_the_dashboard_asks_for_metrics_that_exist(scraped: Stack) -> None:
    """A panel whose metric nobody exports would stay empty for ever."""
    asked = {
        name
        for expression in _expressions(json.loads(DASHBOARD.read_text()))
        for name in re.findall(
            r"(?<![:\w])[a-z0-9]+[a-z0-9_:]*_[a-z0-9_]+(?=[{\[)\s]|$)", expression
        )
    }
    asked = {name for name in asked - LATER if not ELSEWHERE.match(name)}
    missing = eventually(
        lambda: asked - set(prometheus(scraped, "label/__name__/values")), lambda found: not found
    )
    assert len(asked) > 10
    assert missing == set()


def _expressions(node: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Every PromQL expression of a dashboard."""
    if isinstance(node, list):
        return [found for child in node for found in _expressions(child)]
    if not isinstance(node, dict):
        return []
    own = [node["expr"]] if "expr" in node and "{compose" not in node["expr"] else []
    return own + [found for child in node.values() for found in _expressions(child)]


def test_each_alert_fires_and_keeps_quiet_when_it_should(stack: Stack) -> None:
    """Promtool runs the rules over time series made for each of them."""
    tests = sorted((ROOT / "tests/stack/rules").glob("*.test.yml"))
    done = subprocess.run(
        [
            *(
                "docker",
                "run",
                "--rm",
                "--label",
                "dev.batten.test=1",
                "--volume",
                f"{ROOT}:/batten:ro",
            ),
            *("--entrypoint", "promtool", "batten/prometheus:2.42", "test", "rules"),
            *(f"/batten/tests/stack/rules/{test.name}" for test in tests),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert stack
    assert tests
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(tests)
