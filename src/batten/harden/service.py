"""What the overlay says about one service: each value that the base leaves open, and why."""

from collections.abc import Callable, Iterator

import msgspec

from batten.catalog import Kind, Reference, Root, withdrawal
from batten.catalog.healthcheck import is_heavy
from batten.check import Service, every_rule
from batten.harden import base
from batten.harden.command import command, environment
from batten.harden.figures import Figures
from batten.harden.rows import rows
from batten.harden.words import amount, figure, flow, scalar

_INSIDERS = {Kind.DATABASE, Kind.CACHE, Kind.QUEUE, Kind.SEARCH, Kind.POOLER}
_CARRIES_LOGS = {Kind.LOGS, Kind.SHIPPER}
_LOOPBACK = "127.0.0.1"
_SHM = 64 << 20
_RESTARTS = (
    "job-restarted-for-ever",
    "edge-proxy-never-restarted",
    "max-attempts-with-any",
    "no-restart-policy",
    "restart-policy-without-condition",
)
_BLOCKING = ("blocking-loki-driver", "buffer-size-without-non-blocking")
_NEVER_BLOCKS = """    logging:
      options:
        mode: non-blocking # a service never waits for its log
        max-buffer-size: 4m
"""


class Subject(msgspec.Struct, frozen=True):
    """One service, its figures, and the Loki its lines go to (None: they stay on the host)."""

    service: Service
    figures: Figures
    loki: str | None = None

    @property
    def name(self) -> str:
        """The service's."""
        return self.service.name

    def figure(self, what: str, default: str) -> str:
        """A value that a line in `.env` can change."""
        return figure(self.name, what, default)

    def memory(self) -> str:
        """The memory limit as its own place has it, so that what follows it follows it."""
        for path in (("deploy", "resources", "limits", "memory"), ("mem_limit",)):
            if self.service.memory_limit == self.figures.memory and (
                found := base.raw(self.service, *path)
            ):
                return found
        return self.figure("memory limit", amount(self.figures.memory))


def values(subject: Subject) -> Iterator[tuple[str, str]]:
    """Each key of the service and its text, in the order in which a person reads them."""
    for key, write in _WRITERS.items():
        if text := write(subject):
            yield key, text


def volumes(service: Service) -> dict[str, str]:
    """Volumes it wants, by name: it holds data in these folders, and none is mounted by name."""
    known = service.software
    if not known.durable(service) or not base.is_known(service):
        return {}
    named = [mount for mount in service.volumes if mount.source or mount.type == "tmpfs"]
    places = (*(mount.target for mount in named), *(one.partition(":")[0] for one in service.tmpfs))
    if any(known.is_data(place) for place in places):
        return {}
    name = service.name.replace("-", "_")
    first, *more = known.home(service) or ("",)
    return ({f"{name}_data": first} if first else {}) | {
        f"{name}_{folder.rpartition('/')[2]}": folder for folder in more
    }


def _command(subject: Subject) -> str:
    return command(subject.service, subject.figures.memory)


def _environment(subject: Subject) -> str:
    return environment(subject.service, subject.figures.memory)


def _volumes(subject: Subject) -> str:
    why = "# else a new container starts empty"
    places = volumes(subject.service).items()
    lines = [f"      - {name}:{place} {why}\n" for name, place in places]
    return f"    volumes:\n{''.join(lines)}" if lines else ""


def _hostname(subject: Subject) -> str:
    service = subject.service
    if not (service.software.named_by_host and volumes(service)) or base.raw(service, "hostname"):
        return ""
    return f"    hostname: {service.name} # its data is kept under this name\n"


def _ports(subject: Subject) -> str:
    """The base's ports on the loopback, where what is behind them is nobody's outside."""
    service = subject.service
    if service.software.kind not in _INSIDERS:
        return ""
    if all(port.host_ip not in {None, "", "0.0.0.0", "::"} for port in service.ports):  # noqa: S104
        return ""
    lines = "".join(f"      - {scalar(line)}\n" for line in _on_loopback(service))
    return f"    ports: !override # reached from this host only, and by the stack's own services\n{lines}"


def _on_loopback(service: Service) -> Iterator[str]:
    versions = service.versions("ports")
    words = versions[0].words if len(versions) == 1 else ()
    short = len(words) == len(service.ports) and not any(port.host_ip for port in service.ports)
    if short and not any(word.isidentifier() for word in words):
        yield from (f"{_LOOPBACK}:{'' if ':' in word else ':'}{word}" for word in words)
        return
    for port in service.ports:
        protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
        yield f"{port.host_ip if port.host_ip not in {None, '', '0.0.0.0', '::'} else _LOOPBACK}:{port.published or ''}:{port.target}{protocol}"  # noqa: S104


def _healthcheck(subject: Subject) -> str:
    """Where the base has none, or one that its image cannot run."""
    service = subject.service
    test = service.software.health(service) if base.is_known(service) else None
    has = service.healthcheck
    broken = _faulty(service, "healthcheck-calls-missing-program") or _is_missed(service)
    if test is None or (has is not None and not broken) or service.entrypoint is not None:
        return ""
    text = f"    healthcheck:\n      test: {flow(test)}\n"
    if has is not None and has.disable:
        text += "      disable: false # others wait until it is healthy\n"
    if has is not None:
        return text
    start = max(30, 2 * service.software.start_s)
    # A check that starts a virtual machine each time takes its share of the service's own cores.
    interval, timeout = ("30s", "20s") if is_heavy(test) else ("10s", "5s")
    return (
        f"{text}      interval: {interval}\n      timeout: {timeout}\n"
        f"      retries: 5\n      start_period: {start}s\n"
    )


def _is_missed(service: Service) -> bool:
    """Turned off, while somebody waits for its answer."""
    waiting = any(one.condition == "service_healthy" for one in service.dependents.values())
    return waiting and bool(service.healthcheck and service.healthcheck.disable)


def _stop_signal(subject: Subject) -> str:
    service, stop = subject.service, subject.service.software.stop
    if service.stop_signal or stop.signal == "SIGTERM" or not base.is_known(service):
        return ""
    return f"    stop_signal: {stop.signal}\n"


def _stop_grace_period(subject: Subject) -> str:
    service, stop = subject.service, subject.service.software.stop
    if service.stop_grace_period is not None or service.software.kind is Kind.APPLICATION:
        return ""
    if stop.grace_s <= 10:
        return ""
    return f"    stop_grace_period: {stop.grace_s}s # killed earlier, it may lose what it holds\n"


def _mem_limit(subject: Subject) -> str:
    return _short(subject, "mem_limit")


def _mem_reservation(subject: Subject) -> str:
    return _short(subject, "mem_reservation")


def _cpus(subject: Subject) -> str:
    return _short(subject, "cpus")


def _pids_limit(subject: Subject) -> str:
    return _short(subject, "pids_limit")


def _short(subject: Subject, key: str) -> str:
    """The base's own notation, where it has one: Compose refuses the two beside each other."""
    for row in rows(subject.service, subject.figures):
        if (row.key, row.side) == (key, None) and row.is_wanted:
            return f"    {key}: {row.text(subject.name)}\n"
    return ""


def _deploy(subject: Subject) -> str:
    parts = _resources(subject) + _restart_policy(subject)
    return f"    deploy:\n{parts}" if parts else ""


def _resources(subject: Subject) -> str:
    text = ""
    for side in ("limits", "reservations"):
        lines = [
            f"          {row.key}: {row.text(subject.name)}\n"
            for row in rows(subject.service, subject.figures)
            if row.side == side and row.is_wanted
        ]
        text += f"        {side}:\n{''.join(lines)}" if lines else ""
    return f"      resources: # {subject.figures.tier}\n{text}" if text else ""


def _restart_policy(subject: Subject) -> str:
    """The base's own policy is respected; one that means nothing, or cannot be, is mended."""
    service, policy = subject.service, subject.service.deploy.restart_policy
    if policy is None:
        return "" if service.restart else "      restart_policy: *restart\n"
    if not _faulty(service, *_RESTARTS):
        return ""
    return "      restart_policy:\n        condition: on-failure # the base's would not do\n"


def _restart(subject: Subject) -> str:
    service = subject.service
    if not service.restart or service.deploy.restart_policy or not _faulty(service, *_RESTARTS):
        return ""
    word = "unless-stopped" if service.software.kind is Kind.EDGE else "on-failure:5"
    return f"    restart: {word} # the base's would not do\n"


def _faulty(service: Service, *rules: str) -> bool:
    """Whether one of these rules has something to say about what the base says."""
    known = every_rule()
    return any(any(known[name].function(service)) for name in rules if name in known)


def _memswap(subject: Subject) -> str:
    told = subject.service.memswap_limit is not None
    if told and not _faulty(subject.service, "swap-limit-below-memory-limit"):
        return ""
    return f"    memswap_limit: {scalar(subject.memory())} # no swap on top of it\n"


def _shm(subject: Subject) -> str:
    service, wanted = subject.service, subject.service.software.shm
    if wanted is None or service.shm_size is not None:
        return ""
    size = min(wanted, subject.figures.memory // 8) >> 20 << 20
    if size <= _SHM:
        return ""
    why = "parallel queries fail in the engine's 64 MB"
    return f"    shm_size: {subject.figure('shm size', amount(size))} # {why}\n"


def _security(subject: Subject) -> str:
    told = any(option.startswith("no-new-privileges") for option in subject.service.security_opt)
    if told or subject.service.privileged or not base.is_known(subject.service):
        return ""
    return "    security_opt: *no-new-privileges\n"


def _logging(subject: Subject) -> str:
    service, has = subject.service, subject.service.logging
    if has is not None and _faulty(service, "loki-logging-to-itself"):
        return "    logging: *json-file\n"
    if has is not None and _faulty(service, *_BLOCKING):
        return _NEVER_BLOCKS
    if has is not None:
        bounded = has.driver != "json-file" or "max-size" in (has.options or {})
        return "" if bounded else "    logging: *json-file\n"
    if subject.loki is None or service.software.kind in _CARRIES_LOGS:
        return "    logging: *json-file\n"
    # Setting labels takes the container's name away, which tells one replica from another.
    own = f"service={service.name},environment=${{ENVIRONMENT:-production}}"
    labels = f"{own},container_name={{{{.Name}}}}"
    return (
        "    logging:\n      driver: loki\n      options:\n        <<: *loki\n"
        f"        loki-external-labels: {labels}\n"
    )


def _capabilities(subject: Subject) -> tuple[str, ...] | None:
    """What stays after `cap_drop: [ALL]`; None where nobody knows that it lives without the rest.

    An entrypoint that starts as root and hands over needs more or less, as its volumes are.
    """
    service, known = subject.service, subject.service.software
    told = service.cap_drop or service.cap_add or service.privileged or service.user
    if told or known.capabilities is None or known.root in {Root.DROPS, Root.UNKNOWN}:
        return None
    if not base.is_known(service):
        return None
    # Files that are mounted may belong to anybody, and root without it is nobody.
    is_shared = known.root is Root.STAYS and any(mount.type == "bind" for mount in service.volumes)
    return tuple(sorted({*known.capabilities, *(("DAC_OVERRIDE",) if is_shared else ())}))


def _cap_drop(subject: Subject) -> str:
    return "" if _capabilities(subject) is None else "    cap_drop: [ALL]\n"


def _cap_add(subject: Subject) -> str:
    kept = _capabilities(subject)
    return f"    cap_add: {flow(kept)}\n" if kept else ""


def _read_only(subject: Subject) -> str:
    service, known = subject.service, subject.service.software
    if service.read_only or known.writes is None or not base.is_known(service):
        return ""
    return "    read_only: true\n"


def _image(subject: Subject) -> str:
    """One that cannot be pulled any more is replaced where another runs on the same files."""
    image = Reference.parse(subject.service.image or "")
    gone = withdrawal(image) if subject.service.image else None
    if gone is None or not gone.gone or gone.drop_in is None:
        return ""
    return f"    image: {gone.drop_in} # `{image.repository}` {gone.what}\n"


_WRITERS: dict[str, Callable[[Subject], str]] = {
    "image": _image,
    "command": _command,
    "environment": _environment,
    "hostname": _hostname,
    "volumes": _volumes,
    "ports": _ports,
    "healthcheck": _healthcheck,
    "stop_signal": _stop_signal,
    "stop_grace_period": _stop_grace_period,
    "restart": _restart,
    "deploy": _deploy,
    "mem_limit": _mem_limit,
    "mem_reservation": _mem_reservation,
    "cpus": _cpus,
    "pids_limit": _pids_limit,
    "memswap_limit": _memswap,
    "shm_size": _shm,
    "security_opt": _security,
    "logging": _logging,
    "cap_drop": _cap_drop,
    "cap_add": _cap_add,
    "read_only": _read_only,
}
