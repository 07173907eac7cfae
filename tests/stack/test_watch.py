"""The stack is watched: every target answers, and rules and dashboard ask for what is there."""

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

Stack = Any
DASHBOARD = Path(__file__).parents[2] / "docker/config/grafana/dashboards/stack.json"
# Metrics of services that the embedded stack leaves out.
LATER = {"caddy_http_request_errors_total"}  # is there from the first error on
ELSEWHERE = re.compile(r"^(loki|grafana|minio|promtail)_")


def prometheus(stack: Stack, path: str, **query: str) -> Any:  # noqa: ANN401  # JSON
    """Ask Prometheus's API."""
    url = f"http://127.0.0.1:{stack.port('PROMETHEUS')}/api/v1/{path}"
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(query)}", timeout=10) as answer:  # noqa: S310
        return json.load(answer)["data"]


@pytest.fixture(scope="module")
def scraped(stack: Stack) -> Stack:
    """The stack after every target was scraped, which takes up to one scrape interval."""
    for _ in range(60):
        targets = prometheus(stack, "targets")["activeTargets"]
        if targets and all(target["health"] != "unknown" for target in targets):
            break
        time.sleep(1)
    return stack


def test_every_target_is_up(scraped: Stack) -> None:
    """Each service that has metrics is scraped, and answers."""
    targets = prometheus(scraped, "targets")["activeTargets"]
    found = {target["labels"]["job"]: (target["health"], target["lastError"]) for target in targets}
    assert found == dict.fromkeys(found, ("up", ""))
    assert {"prometheus", "caddy", "backend", "postgres", "redis", "pgbouncer", "s3"} == set(found)


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
    known = set(prometheus(scraped, "label/__name__/values"))
    asked = {
        name
        for expression in _expressions(json.loads(DASHBOARD.read_text()))
        for name in re.findall(
            r"(?<![:\w])[a-z0-9]+[a-z0-9_:]*_[a-z0-9_]+(?=[{\[)\s]|$)", expression
        )
    }
    missing = {name for name in asked - known - LATER if not ELSEWHERE.match(name)}
    assert asked & known
    assert missing == set()


def _expressions(node: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Every PromQL expression of a dashboard."""
    if isinstance(node, list):
        return [found for child in node for found in _expressions(child)]
    if not isinstance(node, dict):
        return []
    own = [node["expr"]] if "expr" in node and "{compose" not in node["expr"] else []
    return own + [found for child in node.values() for found in _expressions(child)]
