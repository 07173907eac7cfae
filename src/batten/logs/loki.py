"""Loki's HTTP API, as far as reading needs it."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from batten.errors import InputError, LokiError
from batten.logs.line import LogLine, Sample

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

# Seconds: to be answered at all, and for an answer.
_CONNECT, _ANSWER = 3, 60
_MANUAL = "https://grafana.com/docs/loki/latest/query/"
_PUSH = "/loki/api/v1/push"
_SECOND = 1_000_000_000
# In Loki's words: the limit asked for is above `max_entries_limit_per_query`, (5000 > 1000).
_TOO_MANY = re.compile(r"max_entries_limit\S* \(\d+ > (\d+)\)")


class Away(LokiError):
    """Loki does not answer, or not now."""


class TooMany(LokiError):
    """More entries were asked for than this Loki gives at once: `most`."""

    most = 0


class _Result(msgspec.Struct):
    """A stream or a series; which fields there are depends on `resultType`."""

    stream: dict[str, str] = {}
    metric: dict[str, str] = {}
    values: list[list[Any]] = []
    value: list[Any] = []


class _Data(msgspec.Struct):
    resultType: str = ""  # noqa: N815  # Loki's word
    result: list[Any] = []


class _Answer(msgspec.Struct):
    data: Any = None


class Loki:
    """A Loki by its base URL; every method raises Away where it does not answer, else LokiError.

    The URL may carry `user:password@`, which is never shown, and may be that of its push API.
    """

    def __init__(self, url: str, *, tenant: str | None = None) -> None:
        import urllib3

        parts = _parts(url)
        host = parts.netloc.rpartition("@")[2]
        self._base: str = urlunsplit((parts.scheme, host, parts.path, "", ""))
        self._headers = {"X-Scope-OrgID": tenant} if tenant else {}
        if "@" in parts.netloc:
            from urllib.parse import unquote

            login = unquote(parts.netloc.rpartition("@")[0])
            self._headers |= urllib3.make_headers(basic_auth=login)
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=_CONNECT, read=_ANSWER)
        )

    def __str__(self) -> str:
        return self._base

    def lines(
        self, query: str, start_ns: int, end_ns: int, limit: int, *, backward: bool
    ) -> list[LogLine]:
        """At most `limit` lines from `start_ns` on and before `end_ns`, oldest first.

        Of more than that the newest if `backward`, else the oldest. Raise TooMany where Loki does
        not give that many at once.
        """
        data = self._get(
            "query_range",
            query=query,
            start=start_ns,
            end=end_ns,
            limit=limit,
            direction="backward" if backward else "forward",
        )
        found = [
            LogLine(int(value[0]), value[1], one.stream)
            for one in msgspec.convert(data.result, list[_Result])
            for value in one.values
        ]
        found.sort(key=lambda line: line.time_ns)
        return found

    def samples(self, query: str, at_ns: int) -> list[Sample]:
        """The answer to a metric query at one instant."""
        data = self._get("query", query=query, time=at_ns)
        if data.resultType == "scalar":
            return [Sample({}, *_value(data.result))]
        results = msgspec.convert(data.result, list[_Result])
        return [Sample(one.metric, *_value(one.value)) for one in results if one.value]

    def values(self, label: str, query: str, start_ns: int, end_ns: int) -> list[str]:
        """The values that a label has in the streams that `query` selects."""
        answer = self._ask(f"label/{label}/values", query=query, start=start_ns, end=end_ns)
        return [str(value) for value in answer.data or ()]

    def _get(self, path: str, **parameters: object) -> _Data:
        return msgspec.convert(self._ask(path, **parameters).data, _Data)

    def _ask(self, path: str, **parameters: object) -> _Answer:
        import urllib3

        fields = {name: str(value) for name, value in parameters.items()}
        url = f"{self._base}/loki/api/v1/{path}"
        try:
            answer = self._pool.request("GET", url, fields=fields, headers=self._headers)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Away(
                f"no Loki answers at `{self}`: {_plain(error)}", hint="check that it runs there"
            ) from None
        if answer.status != 200:
            raise _refusal(self, answer)
        try:
            return msgspec.json.decode(answer.data, type=_Answer)
        except msgspec.DecodeError:
            raise LokiError(f"what answers at `{self}` is no Loki", hint="check the URL") from None


def _parts(url: str) -> Any:  # noqa: ANN401  # urllib's own
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong:
        raise InputError("the URL of Loki is no URL", hint="write it as in `http://127.0.0.1:3100`")
    return parts._replace(path=parts.path.rstrip("/").removesuffix(_PUSH), query="", fragment="")


def _refusal(loki: Loki, answer: "BaseHTTPResponse") -> LokiError:
    said = " ".join(answer.data.decode(errors="replace").split())[:500]
    status = answer.status
    if status in {401, 403}:
        return LokiError(
            f"Loki at `{loki}` does not let you in ({status})",
            hint="give user and password in the URL: `--loki-url http://user:password@host:3100`",
        )
    if status == 404:
        return LokiError(f"what answers at `{loki}` is no Loki", hint="check the URL")
    if status == 429 or status >= 500:
        return Away(f"Loki at `{loki}` does not answer now: {said or status}")
    if most := _TOO_MANY.search(said):
        error = TooMany(f"Loki gives no more than {most[1]} lines at once")
        error.most = int(most[1])
        return error
    return LokiError(f"Loki refuses the query: {said}", hint=f"what LogQL can say: {_MANUAL}")


def _value(pair: list[Any]) -> tuple[int, float]:
    return round(float(pair[0]) * 1000) * (_SECOND // 1000), float(pair[1])


def _plain(error: BaseException) -> str:
    """The system's own word for it, without the objects that urllib3 wraps around."""
    import urllib3

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "reason", None)
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "no answer in time"
    return "the connection broke off"
