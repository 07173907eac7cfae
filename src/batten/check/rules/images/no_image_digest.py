"""Rule `no-image-digest`."""

from collections.abc import Iterator

from batten.catalog import Reference, withdrawal
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ADVICE)
def no_image_digest(service: Service) -> Iterator[Finding]:
    """An image that is named by a tag alone.

    A tag can be pushed again, and for a version like `17` or `17.2` it is, with each rebuild. Only
    a digest is the same bytes on every host, and for ever. It has a price: patches do not come by
    themselves either, so something has to renew it. What is built here has none,
    and an image without a version, or one that is withdrawn, wants something else first.

    Flagged:
        services:
          db:
            image: postgres:17.2 # <--

    Accepted:
        services:
          db:
            image: postgres:17.2@sha256:0123456789012345678901234567890123456789012345678901234567890123
          web:
            image: example/web:1
            build: .
    """
    if not service.image or service.build or service.pull_policy in {"never", "build"}:
        return
    reference = Reference.parse(service.image)
    if not (reference.digest or reference.names_no_version or withdrawal(reference)):
        yield Finding(
            f"`{service.image}` is not pinned by a digest",
            at=service.at("image"),
            hint="add the `@sha256:…` that `docker image inspect --format "
            f"'{{{{.RepoDigests}}}}' {service.image}` shows",
        )
