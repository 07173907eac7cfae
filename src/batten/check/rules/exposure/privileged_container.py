"""Rule `privileged-container`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def privileged_container(service: Service) -> Iterator[Finding]:
    """A container that can do anything its host can.

    `privileged: true` gives every capability and every device of the host, and takes away the
    filters on system calls: whoever breaks into the service has the machine. What needs one device
    or one capability can be given just that.

    Flagged:
        services:
          agent:
            image: example/agent:1
            privileged: true # <--

    Accepted:
        services:
          agent:
            image: example/agent:1
            cap_add: [SYS_RAWIO]
            devices: ["/dev/sda:/dev/sda"]
    """
    if service.privileged:
        yield Finding(
            f"`{service.name}` runs privileged: it can do anything to its host",
            at=service.at("privileged"),
            hint="drop `privileged`, and list what it needs under `cap_add` and `devices`",
        )
