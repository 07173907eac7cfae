"""Rule `withdrawn-image`."""

from collections.abc import Iterator

from batten.catalog import Reference, withdrawal
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def withdrawn_image(service: Service) -> Iterator[Finding]:
    """An image that is gone, frozen, or gets no patches any more.

    `minio/minio` was deleted from Docker Hub in September 2026, Bitnami's images moved to
    `bitnamilegacy` in 2025, Promtail ended on 2 March 2026. A host that still has the image keeps
    running it; a new one cannot start the stack, and nobody mends what is found in it.

    Flagged:
        services:
          files:
            image: minio/minio:RELEASE.2025-04-22T22-12-26Z # <--
          db:
            image: bitnami/postgresql:16 # <--

    Accepted:
        services:
          files:
            image: pgsty/silo:RELEASE.2026-09-16T00-00-00Z
          db:
            image: postgres:17
    """
    # What is built here is only named, not pulled.
    if not service.image or service.build:
        return
    found = withdrawal(Reference.parse(service.image))
    if found:
        yield Finding(
            f"`{service.image}` {found.what} ({found.since})",
            at=service.at("image"),
            hint=f"use {found.instead}",
        )
