"""The few things that a resident asks of the engine."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from batten.engine import label
from batten.engine.address import Address
from batten.engine.container import Container
from batten.engine.event import ACTIONS, Event
from batten.engine.refusal import Refused
from batten.engine.wire import PATIENCE, Query, Wire
from batten.model import Restart

# How many events an engine remembers, of all kinds; a new start of the engine forgets them.
REMEMBERED = 256


class LeanEngine:
    """An engine for one Compose project, without the SDK; methods raise EngineError."""

    def __init__(self, wire: Wire, project: str) -> None:
        self._wire = wire
        self.project = project

    @classmethod
    def find(cls, project: str) -> Self:
        """The engine that the `docker` command would talk to; nothing is asked yet."""
        return cls(Wire(Address.find()), project)

    def ping(self, patience: float) -> None:
        """Raise EngineError where the engine does not answer in that many seconds."""
        self._wire.ping(patience)

    def containers(self) -> list[Container]:
        """The project's containers in every state; those of `compose run` left out."""
        listed = self._wire.get("/containers/json", self._filters({"all": 1}))
        mine = [one["Id"] for one in listed if one["Labels"].get(label.ONE_OFF) != "True"]
        return [found for one in mine if (found := self.container(one))]

    def container(self, container_id: str) -> Container | None:
        """None where it has gone."""
        try:
            return Container.from_inspect(self._wire.get(f"/containers/{container_id}/json"))
        except Refused as error:
            if error.not_found:
                return None
            raise

    @contextmanager
    def events(self, since: float) -> Iterator[Iterator[Event]]:
        """What happens to the project's containers from `since` on, until the engine ends."""
        query = self._filters({"since": _instant(since)}, event=ACTIONS, type=("container",))
        with self._wire.stream("/events", query) as lines:
            yield (Event.from_message(line) for line in lines)

    def past_events(self, since: float) -> list[Event]:
        """What happened to the project's containers since then, as far as the engine remembers."""
        query: Query = {"since": _instant(since), "until": _instant(time.time())}
        query = self._filters(query, event=ACTIONS, type=("container",))
        with self._wire.stream("/events", query) as lines:
            return [Event.from_message(line) for line in lines]

    def memory(self) -> list[float]:
        """When all that the engine remembers happened, oldest first, at most REMEMBERED."""
        query: Query = {"since": "0", "until": _instant(time.time())}
        with self._wire.stream("/events", query) as lines:
            return [line["timeNano"] / 1e9 for line in lines]

    def start(self, container_id: str) -> None:
        """Start a container; one that runs stays as it is."""
        self._wire.post(f"/containers/{container_id}/start")

    def stop(self, container_id: str, grace: float) -> None:
        """Stop a container, killing it after `grace` seconds."""
        path = f"/containers/{container_id}/stop"
        self._wire.post(path, {"t": round(grace)}, patience=PATIENCE + grace)

    def set_restart(self, container_id: str, restart: Restart) -> None:
        """Change what the engine itself does when a container ends; nothing else of it changes."""
        policy = {"Name": restart.name, "MaximumRetryCount": restart.attempts}
        path = f"/containers/{container_id}/update"
        self._wire.post(path, body={"RestartPolicy": policy})

    def _filters(self, query: Query, **others: tuple[str, ...]) -> Query:
        """The project's label, and further filters."""
        found: dict[str, Any] = {"label": [f"{label.PROJECT}={self.project}"]}
        found |= {name: list(values) for name, values in others.items()}
        return query | {"filters": json.dumps(found)}


def _instant(seconds: float) -> str:
    """As the engine reads times: seconds and nanoseconds."""
    return f"{int(seconds)}.{int(seconds % 1 * 1e9):09d}"


def project_of(container_id: str) -> str | None:
    """The Compose project that a container belongs to; None where it belongs to none."""
    try:
        found = Wire(Address.find()).get(f"/containers/{container_id}/json")
    except Refused as error:
        if error.not_found:
            return None
        raise
    return Container.from_inspect(found).project or None
