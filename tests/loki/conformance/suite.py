"""The conformance suite: what is pushed, what is asked, and how two answers are compared.

Runs against any Loki by its address: `python tests/loki/conformance/suite.py http://localhost:3100`
(or `LOKI_URL=…`), and with `--record` writes its answers to answers.json.
"""

# What differs goes to the terminal
# ruff: noqa: T201

import argparse
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
SECOND = 10**9
HOUR_S = 3600
# From the first line to after the last
SPAN_S = 5400
TIMES = ("start", "end", "time")
OWN = {"group", "queries", "requests", "path", "headers", "raw", "time_format"}


@dataclass(frozen=True)
class Case:
    """One request; `params` are as they are sent, times apart."""

    name: str
    path: str
    params: Mapping[str, Any]
    times: Mapping[str, float]
    time_format: str = "ns"
    headers: Mapping[str, str] = field(default_factory=dict)

    def address(self, base_s: int) -> str:
        """The path with its parameters, for a run whose time begins at `base_s`."""
        params = dict(self.params)
        for name, offset in self.times.items():
            params.setdefault(name, _written(base_s, offset, self.time_format))
        return f"/loki/api/v1/{self.path}?{urllib.parse.urlencode(params, doseq=True)}"


def _written(base_s: int, offset: float, time_format: str) -> str:
    match time_format:
        case "seconds":
            return str(int(base_s + offset))
        case "float":
            return f"{base_s + offset:.3f}"
        case "rfc3339":
            return datetime.fromtimestamp(base_s + offset, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        case _:
            return str(int((base_s + offset) * SECOND))


def base_time() -> int:
    """The full hour at least an hour and a half ago: all lines lie in the past, steps fall alike.

    It is two and a half hours ago at most: the real Loki no longer finds lines that were much older
    than that when they were pushed.
    """
    return (int(time.time()) - SPAN_S) // HOUR_S * HOUR_S


def cases() -> Iterator[Case]:
    """All requests of requests.yaml."""
    for group in yaml.safe_load((HERE / "requests.yaml").read_text(encoding="utf-8")):
        asked = [{"query": query} for query in group.get("queries", [])]
        for number, request in enumerate([*asked, *group.get("requests", [])], start=1):
            merged = {**group, **request}
            params = {name: value for name, value in merged.items() if name not in OWN}
            raw = merged.get("raw", {})
            times = {name: params.pop(name) for name in TIMES if name in params}
            yield Case(
                f"{group['group']}/{number}",
                merged.get("path", "query_range"),
                {**params, **raw},
                {name: offset for name, offset in times.items() if name not in raw},
                merged.get("time_format", "ns"),
                merged.get("headers", {}),
            )


def push(url: str, base_s: int) -> None:
    """Send the lines of pushes.json."""
    streams = [
        {
            "stream": stream["labels"],
            "values": [[str(base_s * SECOND + at), *rest] for at, *rest in stream["entries"]],
        }
        for stream in json.loads((HERE / "pushes.json").read_text(encoding="utf-8"))
    ]
    request = urllib.request.Request(  # noqa: S310 - an address the caller gave
        f"{url}/loki/api/v1/push",
        json.dumps({"streams": streams}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def ask(url: str, case: Case, base_s: int, *, post: bool = False) -> dict[str, Any]:
    """The answer to a request, normalised."""
    path, _, params = case.address(base_s).partition("?")
    request = urllib.request.Request(  # noqa: S310
        url + path if post else f"{url}{path}?{params}",
        params.encode() if post else None,
        dict(case.headers),
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return normalised(answer.status, json.loads(answer.read()), base_s, case.path)
    except urllib.error.HTTPError as error:
        return {"status": error.code, "text": _plain(error.read().decode())}


def _plain(text: str) -> str:
    # Which of several faulty series is told is chance
    return re.sub(r"for series: '.*'\.", "for series: '…'.", text, flags=re.DOTALL).strip()


def normalised(status: int, answer: Any, base_s: int, path: str) -> dict[str, Any]:  # noqa: ANN401
    """An answer without what differs between runs.

    Statistics go; times count from the base; numbers keep twelve digits, as sums that were made in
    another order differ in the last ones; the order of `series`, which Loki leaves to chance, is
    that of the labels.
    """
    data = answer.get("data")
    if path == "series":
        data = sorted(data, key=lambda labels: sorted(labels.items()))
    elif isinstance(data, dict):
        data = {name: value for name, value in data.items() if name != "stats"}
        data["result"] = _result(data["resultType"], data["result"], base_s)
    return {"status": status, "data": data}


def _result(kind: str, result: Any, base_s: int) -> Any:  # noqa: ANN401
    match kind:
        case "streams":
            return [
                {**stream, "values": [_line(value, base_s) for value in stream["values"]]}
                for stream in result
            ]
        case "matrix":
            return [
                {**series, "values": [_sample(value, base_s) for value in series["values"]]}
                for series in result
            ]
        case "vector":
            return [{**each, "value": _sample(each["value"], base_s)} for each in result]
        case _:
            # Loki 3.4 multiplies the time of a scalar beyond 64 bits
            return _sample([base_s, result[1]], base_s)


def _line(value: list[Any], base_s: int) -> list[Any]:
    return [int(value[0]) - base_s * SECOND, *value[1:]]


def _sample(value: list[Any], base_s: int) -> list[Any]:
    return [round(value[0] - base_s, 3), f"{float(value[1]):.12g}"]


def answers() -> dict[str, Any]:
    """What the real Loki answered, by the name of the request."""
    recorded: dict[str, Any] = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
    return recorded


def record(url: str, base_s: int) -> int:
    """Write the answers of this Loki down; says how many."""
    found = {case.name: ask(url, case, base_s) for case in cases()}
    lines = [f"{json.dumps(name)}: {json.dumps(found[name], ensure_ascii=False)}" for name in found]
    (HERE / "answers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return len(found)


def compare(url: str, base_s: int, *, verbose: bool) -> int:
    """Print what differs from the recorded answers; says how many."""
    expected, wrong = answers(), 0
    for case in cases():
        actual = ask(url, case, base_s)
        if actual != expected[case.name]:
            wrong += 1
            print(f"{case.name}: {case.params}")
            if verbose:
                print(f"  expected {json.dumps(expected[case.name], ensure_ascii=False)[:1500]}")
                print(f"  actual   {json.dumps(actual, ensure_ascii=False)[:1500]}")
    return wrong


def main() -> int:
    """Push, then compare or record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default=os.environ.get("LOKI_URL"))
    parser.add_argument("--record", action="store_true", help="write the answers to answers.json")
    parser.add_argument("--verbose", action="store_true", help="show both answers")
    options = parser.parse_args()
    if not options.url:
        parser.error("give the address of a Loki, or set LOKI_URL")
    base_s, url = base_time(), options.url.rstrip("/")
    push(url, base_s)
    if options.record:
        print(f"recorded {record(url, base_s)} answers")
        return 0
    wrong = compare(url, base_s, verbose=options.verbose)
    print(f"{wrong} of {len(list(cases()))} answers differ")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
