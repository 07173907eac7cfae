"""Rule `image-without-version`."""

from collections.abc import Iterator

from batten.catalog import Reference
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def image_without_version(service: Service) -> Iterator[Finding]:
    """An image whose tag says nothing about what is in it.

    `latest`, which is also meant where there is no tag, is whatever was pushed last: two hosts that
    pulled on two days run different software, a `pull` may bring a new major version that cannot
    read the old one's data, and there is no way back to a version that nobody wrote down. The same
    goes for `stable`, `alpine`, `main` and the like. What is built here is only named.

    Flagged:
        services:
          cache:
            image: redis # <--
          db:
            image: postgres:latest # <--
          proxy:
            image: nginx:stable-alpine # <--

    Accepted:
        services:
          cache:
            image: redis:7.2
          db:
            image: postgres:17-alpine
          base:
            image: debian:bookworm-slim
          agent:
            image: example/agent@sha256:0123456789012345678901234567890123456789012345678901234567890123
          web:
            image: example/web:latest
            build: .
    """
    if not service.image or service.build or service.pull_policy in {"never", "build"}:
        return
    reference = Reference.parse(service.image)
    if not reference.digest and reference.names_no_version:
        what = f"`{reference.tag}`" if reference.tag else "no tag, which means `latest`"
        yield Finding(
            f"the image of `{service.name}` has {what}: what runs is whatever was pushed last",
            at=service.at("image"),
            hint=f"name the version that runs now, as in `{reference.repository}:VERSION`; "
            f"`docker image inspect {service.image}` often shows it",
        )
