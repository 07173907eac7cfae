"""Images that people still name and that are gone, frozen or without patches."""

from fnmatch import fnmatchcase

import msgspec

from batten.catalog.reference import Reference


class Withdrawal(msgspec.Struct, frozen=True):
    """What became of an image, since when, and what to take in its place.

    `pattern` is matched with the repository as people write it (registry left out for Docker Hub).
    `gone` means that it cannot be pulled any more; else it is only without patches. `drop_in` runs
    with the same files, command and variables.
    """

    pattern: str
    since: str
    what: str
    instead: str
    gone: bool = False
    drop_in: str | None = None


def withdrawal(reference: Reference) -> Withdrawal | None:
    """What became of an image, None where nothing is known against it."""
    return next((one for one in WITHDRAWN if fnmatchcase(reference.repository, one.pattern)), None)


_MINIO = "`pgsty/silo` (a fork on the same files) or SeaweedFS"
_SILO = "pgsty/silo:RELEASE.2026-09-16T00-00-00Z"
_JAVA = "`eclipse-temurin`, the same builds kept up"

WITHDRAWN = (
    Withdrawal(
        "minio/minio", "2026-09", "was deleted from Docker Hub", _MINIO, gone=True, drop_in=_SILO
    ),
    Withdrawal("minio/mc", "2026-09", "was deleted from Docker Hub", "`pgsty/mc`", gone=True),
    Withdrawal("quay.io/minio/minio", "2026-04", "is archived and gets no patches", _MINIO),
    Withdrawal("quay.io/minio/mc", "2026-04", "is archived and gets no patches", "`pgsty/mc`"),
    Withdrawal(
        "pgsty/minio", "2026-08", "was renamed", "`pgsty/silo`, the same fork under its new name"
    ),
    Withdrawal(
        "bitnami/pgbouncer", "2025-08", "was withdrawn by Bitnami", "`edoburu/pgbouncer`", gone=True
    ),
    Withdrawal(
        "bitnami/*",
        "2025-08",
        "was withdrawn by Bitnami, versions moved to `bitnamilegacy`",
        "the software's own image",
        gone=True,
    ),
    Withdrawal("bitnamilegacy/*", "2025-08", "gets no patches", "the software's own image"),
    Withdrawal(
        "grafana/promtail",
        "2026-03-02",
        "reached its end of life",
        "`grafana/alloy` (`alloy convert --source-format=promtail` converts the configuration)",
    ),
    Withdrawal(
        "grafana/agent",
        "2025-11-01",
        "reached its end of life",
        "`grafana/alloy` (`alloy convert --source-format=static` converts the configuration)",
    ),
    Withdrawal("openjdk", "2022-07", "is deprecated and gets no patches", _JAVA),
    Withdrawal("java", "2016-12-31", "is deprecated and gets no patches", _JAVA),
    Withdrawal("adoptopenjdk", "2021-08-01", "is deprecated and gets no patches", _JAVA),
    Withdrawal("adoptopenjdk/*", "2021-08-01", "is deprecated and gets no patches", _JAVA),
    Withdrawal("centos", "2024-06-30", "reached its end of life", "`almalinux` or `rockylinux`"),
    Withdrawal("k8s.gcr.io/*", "2023-04-03", "is frozen", "the same path on `registry.k8s.io`"),
    Withdrawal(
        "wurstmeister/*",
        "2024-05",
        "was deleted from Docker Hub",
        "`apache/kafka`, which needs no ZooKeeper",
        gone=True,
    ),
    Withdrawal(
        "containrrr/watchtower",
        "2025-12-17",
        "is archived",
        "pinned images and a release of one's own",
    ),
)
