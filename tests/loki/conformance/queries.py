"""Queries made up from the grammar, over the lines of pushes.json."""

from hypothesis import strategies as st

LABELS = {
    "web": ["level", "status", "method", "duration", "size", "path", "msg", "env", "nosuch"],
    "nginx": ["ip", "method", "status", "size", "path", "env", "nosuch"],
    "plain": ["trace_id", "span", "detected_level", "n", "rest", "env"],
    "counter": ["c", "v", "env"],
    "api": ["level", "status", "duration", "request_method", "took", "ok", "__error__"],
}
PARSERS = {
    "web": ["| logfmt", "| logfmt --strict", '| logfmt status, lvl="level"'],
    "nginx": ['| pattern `<ip> - - [<_>] "<method> <path> <_>" <status> <size> <_>`'],
    "plain": [r"| regexp `line (?P<n>\d+)`", "| pattern `plain line <n> <rest>`"],
    "counter": ["| logfmt", "| regexp `v=(?P<v>[0-9.]+)`"],
    "api": ["| json", '| json status="status", path="request.path"'],
}
WORDS = ["GET", "error", "info", "200", "404", "level", "0", "good", "x", "", "="]
REGEXES = ["GET|POST", "(?i)ERROR", r"[45]\\d\\d", "^ts=", "good$", "a.c", "[^a-z]+$"]
RANGES = ["30s", "1m", "5m", "7m", "10m", "1h"]
COUNTS = ["count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"]
VALUES = ["sum", "avg", "min", "max", "stddev", "stdvar", "first", "last"]
TEMPLATES = ["{{.level}} {{.status}}", "{{.msg | upper}}", "{{__line__}}|{{.env}}", "{{.n}}"]

apps = st.sampled_from(sorted(LABELS))


@st.composite
def line_filters(draw: st.DrawFn) -> str:
    """`|= "a" or "b"`, `!~ "c"`."""
    plain = draw(st.booleans())
    op = draw(st.sampled_from(["|=", "!="] if plain else ["|~", "!~"]))
    values = draw(st.lists(st.sampled_from(WORDS if plain else REGEXES), min_size=1, max_size=2))
    return f"{op} " + " or ".join(f'"{value}"' for value in values)


@st.composite
def conditions(draw: st.DrawFn, app: str) -> str:
    """`status >= 500 and method="GET"`."""
    label = draw(st.sampled_from(LABELS[app]))
    texts = [f'{label}{op}"{value}"' for op in ("=", "!=") for value in ("error", "200", "", "t1")]
    texts += [f'{label}{op}"{regex}"' for op in ("=~", "!~") for regex in ("err.*", ".+", "2..")]
    amounts = ["200", "0", "100.5", "100ms", "1s", "5KB", "100B"]
    texts += [f"{label} {op} {amount}" for op in (">", "<=", "==", "!=") for amount in amounts]
    text = draw(st.sampled_from(texts))
    if draw(st.integers(0, 3)) == 0:
        text += draw(st.sampled_from([" and ", " or ", ", "])) + draw(conditions(app))
    return text


@st.composite
def stages(draw: st.DrawFn, app: str) -> str:
    """One stage of a pipeline."""
    labels = draw(st.lists(st.sampled_from(LABELS[app]), min_size=2, max_size=2, unique=True))
    stage: str = draw(
        st.one_of(
            line_filters(),
            st.sampled_from(PARSERS[app]),
            conditions(app).map(lambda text: f"| {text}"),
            st.sampled_from(TEMPLATES).map(lambda text: f'| line_format "{text}"'),
            st.just(f"| label_format zz={labels[0]}"),
            st.just(f"| drop {', '.join(labels)}"),
            st.just(f"| keep {', '.join(labels)}"),
        )
    )
    return stage


@st.composite
def pipelines(draw: st.DrawFn, app: str) -> str:
    """Up to four stages."""
    return " ".join(draw(st.lists(stages(app), max_size=4)))


@st.composite
def log_queries(draw: st.DrawFn) -> str:
    """A selector and a pipeline."""
    app = draw(apps)
    return f'{{app="{app}"}} {draw(pipelines(app))}'


@st.composite
def ranges(draw: st.DrawFn) -> str:
    """`rate({…}[5m])`, `max_over_time({…} | unwrap v [5m]) by (level)`."""
    app, range_ = draw(apps), draw(st.sampled_from(RANGES))
    query = f'{{app="{app}"}} {draw(pipelines(app))}'
    if draw(st.booleans()):
        op = draw(st.sampled_from(COUNTS))
        return f'{op}({query} | __error__="" [{range_}])'
    op = draw(st.sampled_from(VALUES))
    label = draw(st.sampled_from(LABELS[app]))
    by = "" if op == "sum" else f" by ({draw(st.sampled_from(LABELS[app]))})"
    unwrap = f'{query} {PARSERS[app][0]} | unwrap {label} | __error__=""'
    return f"{op}_over_time({unwrap} [{range_}]){by}"


@st.composite
def metric_queries(draw: st.DrawFn) -> str:
    """A range, aggregated or not, and perhaps compared with a number."""
    text = draw(ranges())
    op = draw(st.sampled_from(["", "sum", "avg", "min", "max", "count"]))
    if op:
        text = f"{op} by ({draw(st.sampled_from(['app', 'level', 'status']))}) ({text})"
    return text + draw(st.sampled_from(["", "", " > 2", " * 2", " == bool 1"]))
