"""Fetching an image from its registry."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from batten.engine.reference import registry, split
from batten.engine.refusal import Refused, refusal
from batten.engine.registry import plain_reason
from batten.errors import ImageError

if TYPE_CHECKING:
    from batten.engine.connection import Connection

_MIB = 1 << 20


def pull(connection: "Connection", reference: str, on_progress: Callable[[str], None]) -> None:
    """Fetch `reference`, telling how far it is; raise ImageError where it cannot be had."""
    repository, tag = split(reference)
    try:
        with connection.asking() as api:
            _follow(api.pull(repository, tag, stream=True, decode=True), on_progress)
    except Refused as error:
        raise ImageError(
            f"`{reference}` cannot be had: {plain_reason(error.reason, registry(reference))}",
            hint="check its name, and that this machine reaches the registry",
        ) from error


def _follow(events: Iterable[Mapping[str, Any]], on_progress: Callable[[str], None]) -> None:
    layers: dict[str, tuple[int, int]] = {}
    told = ""
    for event in events:
        if reason := event.get("error") or event.get("message"):
            raise refusal(reason)
        detail = event.get("progressDetail") or {}
        if event.get("status") == "Downloading" and detail.get("total"):
            layers[event["id"]] = (detail["current"], detail["total"])
        elif event.get("status") == "Download complete" and event.get("id") in layers:
            layers[event["id"]] = (layers[event["id"]][1],) * 2
        now = _progress(layers)
        if now and now != told:
            on_progress(told := now)


def _progress(layers: Mapping[str, tuple[int, int]]) -> str:
    """Layers that wait have told no size yet, so the total grows while it is fetched."""
    done = sum(current for current, _ in layers.values()) // _MIB
    total = sum(size for _, size in layers.values()) // _MIB
    return f"{done} of {total} MiB" if total else ""
