"""Whether alerts, targets and dashboard fit together; what each alert does, `promtool` tests.

The `*.test.yml` files beside this one are for `promtool test rules`.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
CONFIG = HERE.parents[2] / "docker" / "config"
RULES = sorted((CONFIG / "prometheus" / "rules").glob("*.yml"))
DASHBOARD = CONFIG / "grafana" / "dashboards" / "stack.json"


def _load(path: Path) -> Any:  # noqa: ANN401  # YAML has any shape
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _rules(path: Path) -> list[dict[str, Any]]:
    return [rule for group in _load(path)["groups"] for rule in group["rules"]]


def _alerts(path: Path) -> list[dict[str, Any]]:
    return [rule for rule in _rules(path) if "alert" in rule]


def _checks(path: Path) -> list[dict[str, Any]]:
    """Everything the `promtool` tests of a rule file ask about `ALERTS`."""
    tests = _load(HERE / path.with_suffix(".test.yml").name)["tests"]
    checks = [check for test in tests for check in test["promql_expr_test"]]
    return [check for check in checks if check["expr"].startswith("ALERTS")]


def _jobs(folder: str) -> set[str]:
    files = (CONFIG / "prometheus" / folder).glob("*.yml")
    return {group["labels"]["job"] for file in files for group in _load(file)}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_alert_says_how_bad_it_is_and_what_to_do(path: Path) -> None:
    """Whoever is woken by an alert reads its severity, what happened and the next step."""
    for alert in _alerts(path):
        assert alert["labels"]["severity"] in {"critical", "warning", "info"}, alert["alert"]
        assert {"summary", "description"} == set(alert["annotations"]), alert["alert"]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_alert_is_shown_to_fire(path: Path) -> None:
    """The `promtool` tests of a rule file make each of its alerts fire, and no other."""
    shown = {
        match[1]
        for check in _checks(path)
        for sample in check.get("exp_samples", [])
        if (match := re.search(r'alertname="(\w+)", alertstate="firing"', sample["labels"]))
    }
    assert {alert["alert"] for alert in _alerts(path)} == shown


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_file_is_shown_to_keep_silent(path: Path) -> None:
    """The `promtool` tests of a rule file ask at least once for no alert at all, pending ones too."""
    assert any(
        check["expr"] == "ALERTS" and not check.get("exp_samples") for check in _checks(path)
    )


def test_the_embedded_stack_is_watched_like_the_other() -> None:
    """Both stacks scrape the same jobs, but for Grafana, which has no embedded image."""
    assert {"grafana"} == _jobs("targets") - _jobs("targets-embedded")
    assert _jobs("targets-embedded") < _jobs("targets")


def test_a_job_without_target_is_missed() -> None:
    """`TargetMissing` asks for every job that both stacks have."""
    asked = {
        job
        for path in RULES
        for alert in _alerts(path)
        if alert["alert"] == "TargetMissing"
        for job in re.findall(r'job="(\w+)"', alert["expr"])
    }
    assert _jobs("targets-embedded") == asked


def test_the_dashboard_asks_provisioned_data_sources_only() -> None:
    """No panel names a data source that Grafana would not find."""
    sources = _load(CONFIG / "grafana" / "provisioning" / "datasources" / "stack.yml")
    provisioned = {source["uid"] for source in sources["datasources"]}
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    asked = {target["datasource"]["uid"] for panel in panels for target in panel.get("targets", [])}
    assert provisioned == asked


def test_the_dashboard_reads_records_that_exist() -> None:
    """A name with colons is a record: some rule file has to write it."""
    written = {rule["record"] for path in RULES for rule in _rules(path) if "record" in rule}
    read = set(re.findall(r"\bs3:[a-z0-9_:]+", DASHBOARD.read_text(encoding="utf-8")))
    assert written >= read
    assert read


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    """Every cell of the grid belongs to one panel, and ids are unique."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert len(panels) == len({panel["id"] for panel in panels})
    assert max(x for x, _ in cells) < 24
