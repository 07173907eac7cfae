"""Which versions of an image get no more patches.

Dates are those that https://endoflife.date had in August 2026, who name their sources; Debian's are
the ends of its long-term support. Only images whose tags begin with the version they contain are
known here: a private image counts as its owner likes, and a fork's version is its own.
"""

import re

import msgspec

from batten.catalog.identify import software
from batten.catalog.reference import Reference
from batten.catalog.software import EndOfLife

# Images that carry the software's own version, by path.
_SOFTWARE = {
    "postgres": "postgres",
    "postgis/postgis": "postgres",
    "redis": "redis",
    "mysql": "mysql",
    "mysql/mysql-server": "mysql",
    "mariadb": "mariadb",
    "mongo": "mongodb",
    "mongodb/mongodb-community-server": "mongodb",
    "elasticsearch": "elasticsearch",
    "elasticsearch/elasticsearch": "elasticsearch",
    "opensearchproject/opensearch": "opensearch",
    "rabbitmq": "rabbitmq",
    "grafana/grafana": "grafana",
    "grafana/grafana-oss": "grafana",
    "traefik": "traefik",
    "python": "python",
    "node": "node",
}
# Images that say after `pg` which PostgreSQL they contain.
_POSTGRES = {
    "ankane/pgvector",
    "pgvector/pgvector",
    "tensorchord/pgvecto-rs",
    "timescale/timescaledb",
    "timescale/timescaledb-ha",
}
_DOTNET = (
    EndOfLife("3.1", "2022-12-13"),
    EndOfLife("5", "2022-05-10"),
    EndOfLife("6", "2024-11-12"),
    EndOfLife("7", "2024-05-14"),
    EndOfLife("8", "2026-11-10"),
    EndOfLife("9", "2026-11-10"),
)


def _lines(text: str) -> tuple[EndOfLife, ...]:
    """From words in pairs: a version and its date."""
    words = text.split()
    return tuple(
        EndOfLife(version, date) for version, date in zip(words[::2], words[1::2], strict=True)
    )


_STACK = (EndOfLife("6", "2022-02-10"), EndOfLife("7", "2026-01-15"))
OTHERS = {
    "alpine": _lines(
        "3.5 2018-11-01  3.6 2019-05-01  3.7 2019-11-01  3.8 2020-05-01  "
        "3.9 2020-11-01  3.10 2021-05-01  3.11 2021-11-01  3.12 2022-05-01  "
        "3.13 2022-11-01  3.14 2023-05-01  3.15 2023-11-01  3.16 2024-05-23  "
        "3.17 2024-11-22  3.18 2025-05-09  3.19 2025-11-01  3.20 2026-04-01  "
        "3.21 2026-11-01  "
    ),
    "debian": (
        EndOfLife("8", "2020-06-30"),
        EndOfLife("jessie", "2020-06-30"),
        EndOfLife("9", "2022-07-01"),
        EndOfLife("stretch", "2022-07-01"),
        EndOfLife("10", "2024-06-30"),
        EndOfLife("buster", "2024-06-30"),
        EndOfLife("11", "2026-08-31"),
        EndOfLife("bullseye", "2026-08-31"),
    ),
    "ubuntu": (
        EndOfLife("14.04", "2019-04-02"),
        EndOfLife("trusty", "2019-04-02"),
        EndOfLife("16.04", "2021-04-02"),
        EndOfLife("xenial", "2021-04-02"),
        EndOfLife("18.04", "2023-05-31"),
        EndOfLife("bionic", "2023-05-31"),
        EndOfLife("20.04", "2025-05-31"),
        EndOfLife("focal", "2025-05-31"),
        EndOfLife("23.04", "2024-01-20"),
        EndOfLife("23.10", "2024-07-12"),
        EndOfLife("24.10", "2025-07-10"),
        EndOfLife("25.04", "2026-01-17"),
        EndOfLife("25.10", "2026-07-01"),
    ),
    "php": (
        EndOfLife("5", "2018-12-31"),
        EndOfLife("7", "2022-11-28"),
        EndOfLife("8.0", "2023-11-26"),
        EndOfLife("8.1", "2025-12-31"),
    ),
    "ruby": (
        EndOfLife("2", "2023-03-31"),
        EndOfLife("3.0", "2024-04-23"),
        EndOfLife("3.1", "2025-03-26"),
        EndOfLife("3.2", "2026-03-31"),
    ),
    "golang": _lines(
        "1.12 2020-02-25  1.13 2020-08-11  1.14 2021-02-16  1.15 2021-08-16  "
        "1.16 2022-03-15  1.17 2022-08-02  1.18 2023-02-01  1.19 2023-09-06  "
        "1.20 2024-02-06  1.21 2024-08-13  1.22 2025-02-11  1.23 2025-08-12  "
        "1.24 2026-02-10  1.25 2026-08-19  "
    ),
    "nextcloud": _lines(
        "15 2019-12-31  16 2020-06-30  17 2020-10-31  18 2021-01-31  "
        "19 2021-06-30  20 2021-11-30  21 2022-02-28  22 2022-07-31  "
        "23 2022-12-31  24 2023-04-30  25 2023-10-31  26 2024-03-31  "
        "27 2024-06-30  28 2024-12-31  29 2025-04-30  30 2025-10-31  "
        "31 2026-02-28  32 2026-09-30  "
    ),
    "tomcat": (
        EndOfLife("7", "2021-03-31"),
        EndOfLife("8", "2024-03-31"),
        EndOfLife("10.0", "2022-10-31"),
    ),
    "kibana": _STACK,
    "kibana/kibana": _STACK,
    "logstash": _STACK,
    "logstash/logstash": _STACK,
    "dotnet/aspnet": _DOTNET,
    "dotnet/runtime": _DOTNET,
    "dotnet/sdk": _DOTNET,
}


def ended(reference: Reference) -> EndOfLife | None:
    """The line of versions that the tag is of, where that gets no more patches."""
    path = reference.path.rpartition("library/")[2]
    if path in _POSTGRES:
        found = re.search(r"pg(\d+)", reference.tag or "")
        path, reference = "postgres", msgspec.structs.replace(reference, tag=found and found[1])
    known = software()[_SOFTWARE[path]].ended if path in _SOFTWARE else OTHERS.get(path, ())
    return next((one for one in known if one.covers(reference)), None)
