"""Which lines are asked for."""

import msgspec

from batten.logs.line import LogLine


class Request(msgspec.Struct, frozen=True):
    """Lines of a project's services; all services where none is named.

    Times are nanoseconds since the epoch: lines from `since_ns` on and before `until_ns`. Of these
    the last `limit`, or all (None). `grep` is a text that a line has in it. `query` is LogQL that
    takes the place of project, services and `grep`.
    """

    project: str
    until_ns: int
    services: tuple[str, ...] = ()
    since_ns: int | None = None
    limit: int | None = None
    grep: str | None = None
    query: str | None = None

    def takes(self, line: LogLine) -> bool:
        """Whether it is among what is asked for, leaving aside how many are."""
        return (
            (self.since_ns is None or line.time_ns >= self.since_ns)
            and line.time_ns < self.until_ns
            and (self.grep is None or self.grep in line.text)
        )
