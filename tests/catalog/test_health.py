"""A healthcheck that the catalog offers can run in the image it is for."""

import shlex

import pytest

from batten.catalog import Reference, identify, software, withdrawal
from batten.model import Service

IMAGES = [
    "postgres:17",
    "postgres:17-alpine",
    "edoburu/pgbouncer:v1.25.2-p0",
    "redis:7.2",
    "redis:7.2-alpine",
    "valkey/valkey:8",
    "pgsty/silo:R",
    "minio/minio:R",
    "chrislusf/seaweedfs:3",
    "prom/prometheus:v3.13.2",
    "prom/alertmanager:v0.35.0",
    "grafana/grafana:12",
    "grafana/loki:2.9.0",
    "grafana/loki:3.7.8",
    "grafana/promtail:3.6.11",
    "grafana/alloy:v1",
    "caddy:2",
    "nginx:1.29",
    "traefik:v3",
    "mysql:8",
    "mariadb:11",
    "rabbitmq:4",
    "clickhouse/clickhouse-server:25",
    "apache/kafka:4",
    "memcached:1",
    "memcached:1-alpine",
]


@pytest.mark.parametrize("image", IMAGES)
def test_the_offered_check_calls_what_is_there(image: str) -> None:
    """Its first program (after the shell) is not known to be missing."""
    service = Service("x", image=image, command=("--ping",) if "traefik" in image else None)
    known = identify(service)
    test, inside = known.health(service), known.inside(Reference.parse(image))
    assert test
    called = ["sh", shlex.split(test[1])[0]] if test[0] == "CMD-SHELL" else [test[1]]
    assert [] == [program for program in called if inside.misses(program)]


@pytest.mark.parametrize(
    ("image", "program", "missing"),
    [
        ("grafana/loki:3.7.8", "wget", True),
        ("grafana/loki:3.7.8", "sh", True),
        ("grafana/loki:3.5.0", "wget", False),
        ("postgres:17", "curl", True),
        ("postgres:17", "/usr/bin/pg_isready", False),
        ("redis:7-alpine", "wget", False),
        ("redis:7-alpine", "bash", True),
        ("postgres:17-alpine", "bash", False),
        ("rabbitmq:4-alpine", "bash", False),
        ("rabbitmq:4", "wget", True),
        ("clickhouse/clickhouse-server:25-alpine", "bash", False),
        ("redis:7", "wget", True),
        ("acme/postgres:17", "curl", False),
    ],
)
def test_what_is_missing_is_known_of_upstreams_images_only(
    image: str, program: str, *, missing: bool
) -> None:
    """A private copy may contain anything."""
    inside = identify(Service(image=image)).inside
    assert inside(Reference.parse(image)).misses(program) is missing


@pytest.mark.parametrize(
    ("image", "gone"),
    [
        ("minio/minio:latest", True),
        ("docker.io/minio/mc", True),
        ("quay.io/minio/minio:R", False),
        ("bitnami/redis:7", True),
        ("bitnamilegacy/redis:7", False),
        ("grafana/promtail:2.9", False),
        ("k8s.gcr.io/pause", False),
    ],
)
def test_a_withdrawn_image_has_a_replacement(image: str, *, gone: bool) -> None:
    """What cannot be pulled any more is told from what is only without patches."""
    found = withdrawal(Reference.parse(image))
    assert found
    assert found.gone is gone
    assert found.instead


@pytest.mark.parametrize("image", ["postgres:17", "acme/minio", "ghcr.io/bitnami/x", "pgsty/silo"])
def test_what_is_kept_up_is_not_withdrawn(image: str) -> None:
    """A private copy of a withdrawn image is its owner's affair."""
    assert withdrawal(Reference.parse(image)) is None


@pytest.mark.parametrize(
    ("name", "tag", "ended"),
    [
        ("postgres", "13.4-alpine", True),
        ("postgres", "15", False),
        ("postgres", "130", False),
        ("mysql", "8.0.36", True),
        ("mysql", "8.4", False),
        ("mysql", "8", False),
    ],
)
def test_a_line_of_versions_ends(name: str, tag: str, *, ended: bool) -> None:
    """Whole numbers are compared, and a tag that leaves the line open is not judged."""
    image = Reference.parse(f"x:{tag}")
    assert any(one.covers(image) for one in software()[name].ended) is ended
