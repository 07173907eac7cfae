"""Rule `dangerous-capability`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule

# What each one opens outside of the container, from the manual page capabilities(7).
_OPENS = {
    "ALL": "which is every one there is",
    "BPF": "which loads programs into the host's kernel",
    "DAC_READ_SEARCH": "which reads every file of the host by its handle",
    "MAC_ADMIN": "which changes the host's security policy",
    "SYS_ADMIN": "which mounts, and is close to being root on the host",
    "SYS_BOOT": "which loads another kernel",
    "SYS_MODULE": "which loads code into the host's kernel",
    "SYS_RAWIO": "which talks to the host's devices past its kernel",
    "SYS_TIME": "which sets the host's clock",
}
# Dangerous only where the container is not kept to a network, or to processes, of its own.
_OPENS_NETWORK = {"NET_ADMIN": "which changes the host's addresses and firewall"}
_OPENS_PROCESSES = {"SYS_PTRACE": "which reads and changes every process of the host"}


@rule(severity=Severity.WARNING)
def dangerous_capability(service: Service) -> Iterator[Finding]:
    """A capability that reaches beyond the container.

    Most capabilities only count inside the container's own network, processes and files. A few act
    on the one kernel that all containers share with the host: whoever breaks into a service that
    has one of them has, or nearly has, the machine. `NET_ADMIN` and `SYS_PTRACE` are of these only
    together with the host's network or processes.

    Flagged:
        services:
          agent:
            image: example/agent:1
            cap_add:
              - NET_BIND_SERVICE
              - SYS_ADMIN # <--
              - CAP_SYS_MODULE # <--
          vpn:
            image: example/vpn:1
            network_mode: host
            cap_add: [NET_ADMIN] # <--

    Accepted:
        services:
          vpn:
            image: example/vpn:1
            cap_drop: [ALL]
            cap_add: [NET_ADMIN, CHOWN, SYS_NICE, IPC_LOCK]
          debug:
            image: example/debug:1
            cap_add: [SYS_PTRACE]
    """
    opens = _opens(service)
    for written in service.cap_add if not service.privileged else ():
        why = opens.get(written.upper().removeprefix("CAP_"))
        if why:
            yield Finding(
                f"`{service.name}` is given `{written}`, {why}",
                at=service.at_item("cap_add", written),
                hint="drop it, or give a smaller one for the single thing that fails without it",
            )


def _opens(service: Service) -> dict[str, str]:
    found = _OPENS
    if service.network_mode == "host" and not service.software.watches_host:
        found = found | _OPENS_NETWORK
    return found | _OPENS_PROCESSES if service.pid == "host" else found
