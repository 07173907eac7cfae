"""The spool: the folder that holds every container's lines until Loki has them."""

from pathlib import Path

from batten.driver.spool.stream import START, Stream

STREAMS = "streams"


class Spool:
    """The streams below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / STREAMS

    def streams(self) -> list[Stream]:
        """Every stream whose start was acknowledged, oldest first."""
        try:
            names = [folder for folder in self.folder.iterdir() if (folder / START).exists()]
        except FileNotFoundError:
            return []
        return sorted(map(Stream, names), key=lambda stream: (stream.started_ns, stream.id))

    def of(self, container: str) -> list[Stream]:
        """One container's streams, oldest first."""
        return [stream for stream in self.streams() if stream.container == container]
