"""The files that the added services read, for exactly the services that are there."""

import json
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

from batten.check import Stack
from batten.harden.observability import Added, Target, hosts, read

Files = dict[str, str]
"""Text by path below the stack's folder."""

# What the alerts are read in: its absence is seen at once, and there is none in the embedded stack.
_SEEN = {"grafana"}
_TARGETS = """# Who is scraped. `job` names what is measured, not the exporter that measures it. Written by
# `batten harden`; a service of your own gets a file beside this one. Promtail is missing on
# purpose: it only runs with its profile, and a target that is allowed to be absent would raise
# `TargetDown`.
"""
# What a panel needs, by how the names of its metrics begin; and what a row is called by them.
_METRICS = (
    ("pg_", "postgres", "Postgres"),
    ("pgbouncer_", "pgbouncer", "PgBouncer"),
    ("redis_", "redis", "Redis"),
    ("s3:", "s3", "Object store"),
    ("prometheus_", "prometheus", "Prometheus"),
)


def configuration(stack: Stack, added: Added) -> Files:
    """Every file, by its path."""
    jobs = [target.job for target in added.targets]
    files: Files = {}
    if "prometheus" in added.names:
        files["config/prometheus/prometheus.yml"] = read("config/prometheus/prometheus.yml")
        files["config/prometheus/targets/stack.yml"] = _targets(added.targets)
        files |= {
            f"config/prometheus/rules/{job}.yml": _rule(job)
            for job in dict.fromkeys(jobs)
            if _has_rule(job)
        }
        files["config/prometheus/rules/targets.yml"] = _missing(jobs)
    if "grafana" in added.names:
        for path in ("provisioning/dashboards/stack.yml", "provisioning/datasources/stack.yml"):
            files[f"config/grafana/{path}"] = read(f"config/grafana/{path}")
        files["config/grafana/dashboards/stack.json"] = _dashboard(jobs)
    for name in ("loki", "promtail"):
        if name in added.names:
            files[f"config/{name}/{name}.yaml"] = read(f"config/{name}/{name}.yaml")
    return {path: _renamed(stack, text) for path, text in files.items()}


def _renamed(stack: Stack, text: str) -> str:
    for name, own in hosts(stack):
        text = re.sub(rf"http://{name}:", f"http://{own}:", text)
    return text


def _targets(targets: Sequence[Target]) -> str:
    groups = []
    for target in targets:
        lines = [f"- targets: [{target.address}]\n", "  labels:\n", f"    job: {target.job}\n"]
        if target.path != "/metrics":
            lines.append(f"    __metrics_path__: {target.path}\n")
        groups.append("".join(lines))
    return "\n".join([_TARGETS, *groups])


def _has_rule(job: str) -> bool:
    rules = resources.files("batten.harden") / "templates/config/prometheus/rules"
    return (rules / f"{job}.yml").is_file()


def _rule(job: str) -> str:
    return read(f"config/prometheus/rules/{job}.yml")


def _missing(jobs: Sequence[str]) -> str:
    watched = [job for job in dict.fromkeys(jobs) if job not in _SEEN]
    lines = "\n          or ".join(f'absent(up{{job="{job}"}})' for job in watched)
    return _rule("targets").replace("@ABSENT@", f"          {lines}")


def _dashboard(jobs: Sequence[str]) -> str:
    """The panels whose metrics somebody exports, row by row."""
    board = json.loads(read("config/grafana/dashboards/stack.json"))
    board["panels"] = [panel for row in _rows(board["panels"]) for panel in _fitted(row, jobs)]
    y = 0
    for panel in board["panels"]:
        if panel["gridPos"]["x"] == 0:
            panel["gridPos"]["y"] = y
            y += panel["gridPos"]["h"]
        else:
            panel["gridPos"]["y"] = y - panel["gridPos"]["h"]
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def _rows(panels: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = [[]]
    for panel in panels:
        if panel["type"] == "row":
            rows.append([])
        rows[-1].append(panel)
    return rows


def _fitted(row: list[dict[str, Any]], jobs: Sequence[str]) -> list[dict[str, Any]]:
    title, panels = (
        [one for one in row if one["type"] == "row"],
        [one for one in row if one["type"] != "row"],
    )
    kept = [one for one in panels if _needs(one) <= set(jobs)]
    if len(kept) == len(panels):
        return row
    if not kept:
        return []
    there = set().union(*(_needs(one) for one in kept))
    title[0]["title"] = " and ".join(shown for _, job, shown in _METRICS if job in there)
    for number, panel in enumerate(kept):
        width = 24 // len(kept)
        panel["gridPos"] |= {"x": number * width, "w": width}
    return title + kept


def _needs(panel: dict[str, Any]) -> set[str]:
    text = " ".join(target.get("expr", "") for target in panel.get("targets", ()))
    if "__name__" in text:
        return set()
    return {job for prefix, job, _ in _METRICS if re.search(rf"(?<![\w:]){prefix}", text)}
