"""Rule `new-privileges`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule

_FORBIDDEN = {
    "no-new-privileges",
    "no-new-privileges:true",
    "no-new-privileges=true",
}


@rule(severity=Severity.ADVICE)
def new_privileges(service: Service) -> Iterator[Finding]:
    """A container whose processes may gain rights that they did not start with.

    Images carry programs such as `su`, `mount` and `passwd` that run as root whoever starts them.
    With `no-new-privileges` the kernel ignores that, so that a flaw in one of them does not make
    root of a service's user. Entrypoints that start as root and hand over to a user (`gosu`,
    `su-exec`) work with it; `sudo` inside the container does not.

    Flagged:
        services:
          web: # <--
            image: example/web:1
          worker:
            image: example/worker:1
            security_opt: # <--
              - no-new-privileges:false

    Accepted:
        services:
          web:
            image: example/web:1
            security_opt: [no-new-privileges]
          worker:
            image: example/worker:1
            security_opt:
              - no-new-privileges:true
              - seccomp=default.json
    """
    if not service.privileged and not _FORBIDDEN & set(service.security_opt):
        yield Finding(
            f"processes of `{service.name}` may gain rights that they did not start with",
            at=service.at("security_opt"),
            hint="add `security_opt: [no-new-privileges:true]`; only `sudo` and the like inside "
            "stop working",
        )
