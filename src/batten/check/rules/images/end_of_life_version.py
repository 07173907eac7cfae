"""Rule `end-of-life-version`."""

from collections.abc import Iterator

from batten.catalog.lifetime import ended
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def end_of_life_version(service: Service) -> Iterator[Finding]:
    """A version that gets no more patches.

    What is found in it from now on stays open, and the way to a newer version gets longer with
    each one that is skipped. Dates are those of https://endoflife.date; the image that a service's
    own one is built on counts too. Tags that leave the version open are not judged.

    Flagged:
        services:
          db:
            image: postgres:13.4-alpine # <--
          app:
            build: # <--
              context: .
              dockerfile_inline: FROM python:3.8-slim

    Accepted:
        services:
          db:
            image: postgres:17
          own: # its owner counts as he likes
            image: example/postgres:9
          app:
            build:
              context: .
              dockerfile_inline: FROM python:3.13-slim
    """
    reference = service.reference
    found = ended(reference) if reference else None
    if reference and found:
        named = f"{reference.repository}:{reference.tag}"
        built = service.build and named != service.image
        yield Finding(
            f"`{service.name}` is built on `{named}`, which has had no patches since {found.date}"
            if built
            else f"`{named}` has had no patches since {found.date}",
            at=service.at("build" if built else "image"),
            hint=f"plan the move from {found.version} to a version that is kept up; read its notes "
            "on upgrades, and make a backup first",
        )
