"""LogQL: the query that asks Loki for a request's lines."""

import json
import re

from batten.logs.line import PROJECT, SERVICE
from batten.logs.request import Request

_BEFORE = re.compile(r"(?:\s|\(|#[^\n]*(?:\n|$))*")


def of_request(request: Request) -> str:
    """The query that a request stands for: its own, or one made of project, services and text."""
    if request.query is not None:
        return request.query
    matchers = [f"{PROJECT}={quoted(request.project)}"]
    if request.services:
        matchers.append(_one_of(SERVICE, request.services))
    chosen = "{" + ", ".join(matchers) + "}"
    return chosen if request.grep is None else f"{chosen} |= {quoted(request.grep)}"


def selector(project: str) -> str:
    """Every stream of a project."""
    return f"{{{PROJECT}={quoted(project)}}}"


def is_metric(query: str) -> bool:
    """Whether the answer is numbers: a query for lines begins with its selector."""
    return not query[_BEFORE.match(query).end() :].startswith("{")  # type: ignore[union-attr]  # matches always


def quoted(text: str) -> str:
    """A string of LogQL, which are Go's: the escapes of JSON, but no halves of a character."""
    whole = text.encode(errors="replace").decode()
    return json.dumps(whole, ensure_ascii=False)


def _one_of(label: str, values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"{label}={quoted(values[0])}"
    return f"{label}=~{quoted('|'.join(re.escape(value) for value in values))}"
