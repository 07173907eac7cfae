"""Software is recognised by what people really write."""

from pathlib import Path

import pytest

from batten.catalog import identify, reference
from batten.model import Build, Port, Service

IMAGES = {
    "postgres": [
        "postgres",
        "postgres:15.19-bookworm",
        "library/postgres:16",
        "docker.io/library/postgres:16@sha256:0a1b",
        "bitnami/postgresql:16",
        "registry.corp:5000/infra/acme-postgres:3",
        "ghcr.io/acme/postgres-ha",
        "timescale/timescaledb:latest-pg16",
        "timescale/timescaledb-ha:pg16",
        "postgis/postgis:15-3.4",
        "supabase/postgres:15.1",
        "pgvector/pgvector:pg16",
        "ghcr.io/immich-app/postgres:14-vectorchord",
    ],
    "pgbouncer": ["edoburu/pgbouncer:v1.25.2-p0", "bitnami/pgbouncer", "acme/docker-pgbouncer"],
    "redis": [
        "redis:7-alpine",
        "redis/redis-stack-server:7.2.0-v9",
        "redis/redis-stack",
        "bitnamilegacy/redis",
        "eqalpha/keydb",
    ],
    "valkey": ["valkey/valkey:8", "bitnami/valkey"],
    "minio": ["minio/minio", "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z", "pgsty/silo:R"],
    "seaweedfs": ["chrislusf/seaweedfs:3.97"],
    "prometheus": ["prom/prometheus:v3.13.2", "quay.io/prometheus/prometheus"],
    "alertmanager": ["prom/alertmanager:v0.35.0"],
    "grafana": ["grafana/grafana:12.4.12", "grafana/grafana-oss", "grafana/grafana-enterprise"],
    "loki": ["grafana/loki:3.7.8"],
    "promtail": ["grafana/promtail:3.6.11"],
    "alloy": ["grafana/alloy:v1.11.0"],
    "caddy": ["caddy:2", "slothcroissant/caddy", "acme/custom-caddy"],
    "nginx": [
        "nginx:alpine",
        "nginxinc/nginx-unprivileged",
        "nginxproxy/nginx-proxy",
        "openresty/openresty",
    ],
    "traefik": ["traefik:v3.5", "docker.io/library/traefik"],
    "mysql": ["mysql:8", "mysql/mysql-server", "percona:8", "percona/percona-server:8.0"],
    "mariadb": ["mariadb:11", "lscr.io/linuxserver/mariadb", "bitnami/mariadb-galera"],
    "mongodb": ["mongo:7", "mongodb/mongodb-community-server", "percona/percona-server-mongodb"],
    "rabbitmq": ["rabbitmq:4-management", "bitnami/rabbitmq"],
    "elasticsearch": ["docker.elastic.co/elasticsearch/elasticsearch:8.15.0", "elasticsearch:7"],
    "opensearch": ["opensearchproject/opensearch:2"],
    "clickhouse": ["clickhouse/clickhouse-server:25.3", "altinity/clickhouse-server"],
    "kafka": ["apache/kafka:4.0.0", "confluentinc/cp-kafka:7.6.1", "wurstmeister/kafka"],
    "zookeeper": ["zookeeper:3.9", "confluentinc/cp-zookeeper"],
    "memcached": ["memcached:1.6-alpine", "bitnami/memcached"],
    "python": ["python:3.11-slim"],
    "node": ["node:22-alpine"],
    "go": ["golang:1.24"],
    "jvm": ["eclipse-temurin:21-jre", "tomcat:10", "quay.io/keycloak/keycloak:26"],
    "node-exporter": ["prom/node-exporter", "quay.io/prometheus/node-exporter:v1.9.1"],
    "socket-proxy": ["tecnativa/docker-socket-proxy:0.3", "ghcr.io/tecnativa/docker-socket-proxy"],
    "cadvisor": ["gcr.io/cadvisor/cadvisor"],
    "exporter": [
        "prometheuscommunity/postgres-exporter",
        "oliver006/redis_exporter:v1.88.0",
        "nginx/nginx-prometheus-exporter",
    ],
    "application": [
        "acme/web:1",
        "rediscommander/redis-commander",
        "etl-kafka",
        "acme/db-seed-postgres",
        "redis/redisinsight",
        "dpage/pgadmin4",
        "phpmyadmin",
        "mongo-express",
        "provectuslabs/kafka-ui",
        "confluentinc/cp-kafka-connect",
        "prodrigestivill/postgres-backup-local",
        "acme/wait-for-postgres",
        "postgrest/postgrest",
        "minio/mc",
        "opensearchproject/opensearch-dashboards",
        "grafana/loki-docker-driver",
        "inputoutput/cardano-node",
    ],
}


@pytest.mark.parametrize(
    ("image", "name"), [(image, name) for name, images in IMAGES.items() for image in images]
)
def test_an_image_is_known(image: str, name: str) -> None:
    """Forks, repackagings and private copies count; what only serves a database does not."""
    assert name == identify(Service(image=image)).name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("redis-server --maxmemory 1gb", "redis"),
        ("/usr/lib/postgresql/15/bin/postgres -D /data", "postgres"),
        ("weed server -s3", "seaweedfs"),
        ("gunicorn shop.wsgi", "python"),
        ("python3.11 manage.py runserver", "python"),
        ("npm start", "node"),
        ("java -Xmx1g -jar app.jar", "jvm"),
        ("sh -c 'exec celery -A shop worker'", "python"),
        ("./start.sh", "application"),
    ],
)
def test_a_command_tells_on_a_general_image(command: str, name: str) -> None:
    """The program decides where the image says nothing."""
    import shlex

    assert name == identify(Service(image="acme/base:1", command=tuple(shlex.split(command)))).name


@pytest.mark.parametrize(
    ("image", "words", "name"),
    [
        ("postgres:16", ("pg_dump", "-h", "db"), "application"),
        ("postgres:16", ("sh", "-c", "while true; do psql -c x; done"), "application"),
        ("pgsty/silo:R", ("/bin/sh", "-c", "mc alias set s3 x && mc mb s3/b"), "application"),
        ("minio/minio", ("sh", "-c", "mkdir -p /data/b && minio server /data"), "minio"),
        ("redis:7", ("sh", "-c", "redis-server --requirepass $$P"), "redis"),
        ("redis:7", ("--maxmemory", "1gb"), "redis"),
        ("postgres:16", ("-c", "shared_buffers=1GB"), "postgres"),
    ],
)
def test_a_databases_tools_are_no_database(image: str, words: tuple[str, ...], name: str) -> None:
    """A job that borrows the image for its client needs no volume."""
    assert name == identify(Service(image=image, command=words)).name


@pytest.mark.parametrize(
    ("text", "name", "base"),
    [
        ("FROM postgres:16\nCOPY init.sql /x\n", "postgres", "postgres:16"),
        (
            "FROM node:22 AS build\nFROM nginx:1.29\nCOPY --from=build /a /b\n",
            "nginx",
            "nginx:1.29",
        ),
        ("FROM python:3.12 AS base\nFROM base\n", "python", "python:3.12"),
        (
            "ARG V=3.12\nFROM --platform=linux/amd64 python:${V}-slim\n",
            "python",
            "python:3.12-slim",
        ),
        ("FROM scratch\nCOPY app /app\n", "application", None),
        ("FROM ${BASE}\n", "application", None),
    ],
)
def test_a_dockerfile_tells_what_it_stands_on(
    tmp_path: Path, text: str, name: str, base: str | None
) -> None:
    """Stages and arguments are followed; what they leave open stays open."""
    (tmp_path / "Dockerfile").write_text(text)
    service = Service(build=Build(tmp_path))
    found = reference(service)
    assert name == identify(service).name
    assert base == (found and f"{found.repository}:{found.tag}")


@pytest.mark.parametrize(
    ("service", "name"),
    [
        (Service("db", image="acme/db:1", ports=(Port(5432, "5432"),)), "postgres"),
        (Service("cache", image="acme/store", expose=("6379",)), "redis"),
        (Service("web", image="acme/web", ports=(Port(5432, "5432"),)), "application"),
        (Service("redis", build=Build(Path("/nowhere"))), "redis"),
        (Service("api", image="acme/api", environment={"NODE_ENV": "production"}), "node"),
        (Service("api", image="acme/api", environment={"JAVA_OPTS": "-Xmx1g"}), "jvm"),
    ],
)
def test_the_rest_is_told_by_port_name_and_variables(service: Service, name: str) -> None:
    """Only together: a port alone proves nothing about an application."""
    assert name == identify(service).name
