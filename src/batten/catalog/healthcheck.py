"""Whether the engine asks a service how it is, its image's own check included."""

import re

from batten.catalog.dockerfile import base_image, text
from batten.catalog.reference import DOCKER_HUB, Reference
from batten.model import Build, Service

# Their Dockerfiles have no HEALTHCHECK. What is not named here may bring one.
_WITHOUT = frozenset(
    (
        "apache/kafka",
        "chrislusf/seaweedfs",
        "clickhouse/clickhouse-server",
        "edoburu/pgbouncer",
        "elasticsearch/elasticsearch",
        "grafana/alloy",
        "grafana/grafana",
        "grafana/grafana-oss",
        "grafana/loki",
        "grafana/promtail",
        "minio/minio",
        "nginxinc/nginx-unprivileged",
        "opensearchproject/opensearch",
        "pgvector/pgvector",
        "postgis/postgis",
        "prom/alertmanager",
        "prom/prometheus",
        "timescale/timescaledb",
        "valkey/valkey",
    )
)
# Tools that start an Erlang or a Java machine each time they are called.
_HEAVY = re.compile(r"rabbitmq-diagnostics|rabbitmqctl|kafka-[a-z-]+|cqlsh|nodetool|\bjava\b")
_INSTRUCTION = re.compile(r"^\s*HEALTHCHECK\s+(\S+)", re.IGNORECASE | re.MULTILINE)


def is_disabled(service: Service) -> bool:
    """Whether somebody turned the check off, the image's own included."""
    check = service.healthcheck
    return bool(check and (check.disable or (check.test or ())[:1] == ("NONE",)))


def is_checked(service: Service) -> bool | None:
    """Whether the engine asks it; None where only its image knows."""
    if is_disabled(service):
        return False
    if service.healthcheck and service.healthcheck.test:
        return True
    if service.build:
        return _is_built_with_one(service.build)
    return _is_brought_by(service.image)


def is_heavy(test: tuple[str, ...]) -> bool:
    """Whether a check starts a virtual machine to ask."""
    return bool(_HEAVY.search(" ".join(test)))


def _is_built_with_one(build: Build) -> bool | None:
    written = text(build)
    found: list[str] = _INSTRUCTION.findall(written)
    if found:
        return found[-1].upper() != "NONE"
    return _is_brought_by(base_image(build)) if written else None


def _is_brought_by(image: str | None) -> bool | None:
    """Official images never bring one: https://github.com/docker-library/faq#healthcheck."""
    if not image:
        return None
    reference = Reference.parse(image)
    is_official = reference.registry == DOCKER_HUB and "/" not in reference.path
    return False if is_official or reference.path in _WITHOUT else None
