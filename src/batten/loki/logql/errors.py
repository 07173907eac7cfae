"""What a query can be refused for; the message is what Loki answers with.

QueryError                400, the text as it stands
├── ParseError            the query is not LogQL; says where
│   └── StageError        a stage of a pipeline cannot be built
├── PipelineError         a line of a metric query could not be turned into a sample
├── LimitError            the answer would be larger than the limits allow
└── UnsupportedError      LogQL that this server does not speak; names it
"""

from batten.loki.errors import RequestError


class QueryError(RequestError):
    """A query that is refused, with HTTP 400 unless a class says otherwise."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message, self.status)


class ParseError(QueryError):
    """Not LogQL. `line` and `column` count from 1; both are 0 where no single place is at fault."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        place = f"at line {line}, col {column}" if line or column else ""
        super().__init__(f"parse error {place}: {message}")


class StageError(ParseError):
    """A stage that reads well but cannot be built, such as a template that does not end."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"stage '{stage}' : {reason}")


class PipelineError(QueryError):
    """A metric query met a line that it could not read.

    Loki refuses the whole query then, and says how to leave such lines out.
    """

    def __init__(self, error: str, labels: str) -> None:
        super().__init__(
            f"pipeline error: '{error}' for series: '{labels}'.\n"
            'Use a label filter to intentionally skip this error. (e.g | __error__!="'
            + error
            + '").\n'
            'To skip all potential errors you can match empty errors.(e.g __error__="")\n'
            'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
        )


class LimitError(QueryError):
    """More series, lines or time than one query may have."""


class UnsupportedError(QueryError):
    """LogQL that Loki knows and this server does not."""

    def __init__(self, what: str) -> None:
        super().__init__(f"batten-loki does not support {what}; the real Loki does")
