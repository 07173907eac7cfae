"""MinIO and the fork that is kept up."""

from batten.catalog import contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import (
    Kind,
    Language,
    Metrics,
    Root,
    Secret,
    Software,
    Stop,
    Test,
    always,
    homes,
)
from batten.model import Service


def health(service: Service) -> Test:
    """The fork brings a probe of its own; MinIO's images have curl."""
    image = Reference.parse(service.image or "")
    if image.name == "silo":
        return ("CMD", "/usr/bin/silo", "healthcheck", "ready")
    return ("CMD-SHELL", "curl -fsS http://127.0.0.1:9000/minio/health/live")


_INSIDE = contents.Contents(
    frozenset({"sh", "curl", "mc"}), frozenset({"wget", "nc", "netcat", "telnet"})
)

SOFTWARE = (
    Software(
        name="minio",
        title="MinIO",
        kind=Kind.OBJECTS,
        tier=tier.STORE,
        images=("pgsty/silo",),
        names=("minio",),
        programs=("minio", "silo"),
        clients=("mc", "mcli"),
        ports=(9000, 9001),
        language=Language.GO,
        floor=256 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=health,
        home=homes(dict.fromkeys(("pgsty/silo", "pgsty/minio", "minio/minio"), "/data")),
        inside=contents.images(
            {
                "pgsty/silo": _INSIDE.plus("silo", "mcli"),
                "pgsty/minio": _INSIDE,
                "minio/minio": _INSIDE,
            }
        ),
        stop=Stop("SIGTERM", 30, clean=True),
        data=("/data", "/bitnami/minio/data", "/export", "/mnt/data"),
        durable=always,
        root=Root.STAYS,
        secrets=(
            Secret("MINIO_ROOT_PASSWORD", "MINIO_ROOT_PASSWORD_FILE", default="minioadmin"),
            Secret("MINIO_SECRET_KEY", "MINIO_SECRET_KEY_FILE", default="minioadmin"),
        ),
        metrics=Metrics(
            9000,
            "/minio/v2/metrics/cluster",
            told=lambda service: service.environment.get("MINIO_PROMETHEUS_AUTH_TYPE") == "public",
            job="s3",
        ),
    ),
)
