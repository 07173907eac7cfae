"""Prometheus, Grafana and Loki beside a stack, and exporters for what has one."""

import re
from collections.abc import Iterator
from importlib import resources

import msgspec

from batten.catalog import Kind, Reference
from batten.catalog.software import Exporter
from batten.check import Service, Stack
from batten.harden import base
from batten.harden.document import Blocks, join, split
from batten.harden.words import flow, scalar

_SERVICES = {
    "prometheus": Kind.METRICS,
    "grafana": Kind.DASHBOARD,
    "loki": Kind.LOGS,
    "promtail": Kind.SHIPPER,
}
_PLACE = re.compile(r"\{(\w+)(?:\|([^}]*))?\}")


class Target(msgspec.Struct, frozen=True):
    """What Prometheus asks: `address` is `host:port`, `of` the service whose figures these are."""

    address: str
    job: str
    of: str
    path: str = "/metrics"


class Added(msgspec.Struct, frozen=True):
    """Services that the base does not have, as text, and what Prometheus asks."""

    blocks: Blocks
    targets: tuple[Target, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The services, in order."""
        return tuple(key[1] for key in self.blocks if len(key) == 2)

    def text(self) -> str:
        """As a Compose file of its own."""
        volumes = "".join(f"  {name}:\n" for name in named_volumes(self.blocks))
        return f"services:\n{join(self.blocks)}" + (f"\nvolumes:\n{volumes}" if volumes else "")


def add(stack: Stack) -> Added:
    """What is missing to watch this stack; what it has already is left alone."""
    have = {one.software.kind for one in stack.services.values()}
    names = [
        name for name, kind in _SERVICES.items() if kind not in have and name not in stack.services
    ]
    notes = [
        f"the stack has its own `{kind}`: no `{name}` is added"
        for name, kind in _SERVICES.items()
        if kind in have
    ]
    if "loki" not in names and "promtail" in names:
        names.remove("promtail")
    blocks: Blocks = {}
    targets = (
        [] if "prometheus" not in names else [Target("prometheus:9090", "prometheus", "prometheus")]
    )
    exporters: Blocks = {}
    for service in stack.services.values() if targets else ():
        own, found, why = _watch(service)
        exporters |= own
        targets += found
        notes += why
    targets += [
        Target(f"{name}:{port}", name, name)
        for name, port in (("loki", 3100), ("grafana", 3000))
        if name in names and targets
    ]
    for name in names:
        blocks |= _template(name, stack)
    networks = _networks(stack, targets)
    if len(networks) > 1 and "prometheus" in names:
        blocks["services", "prometheus", "networks"] = (
            f"    networks: {flow(networks)} # where its targets are\n"
        )
    return Added(blocks | exporters, tuple(targets), tuple(notes))


def named_volumes(blocks: Blocks) -> list[str]:
    """The volumes that services mount by name."""
    text = "".join(
        text for key, text in blocks.items() if key[-1:] == ("volumes",) and len(key) == 3
    )
    return list(dict.fromkeys(re.findall(r"^ +- (\w+):/", text, re.MULTILINE)))


def _template(name: str, stack: Stack) -> Blocks:
    text = read(f"services/{name}.yaml").replace("@STACK@", stack.name)
    return {key: value for key, value in split(text).items() if len(key) > 1}


def read(path: str) -> str:
    """A file of the package."""
    return (resources.files("batten.harden") / "templates" / path).read_text(encoding="utf-8")


def _watch(service: Service) -> tuple[Blocks, list[Target], list[str]]:
    """Its own metrics, or an exporter's."""
    known = service.software
    if service.network_mode:
        return {}, [], []
    if known.metrics and known.metrics.told(service):
        job = known.metrics.job or known.name
        return (
            {},
            [Target(f"{service.name}:{known.metrics.port}", job, service.name, known.metrics.path)],
            [],
        )
    exporter = known.exporter
    if (
        exporter is None
        or not (exporter.environment or exporter.command)
        or _has_exporter(service, exporter)
    ):
        return {}, [], []
    blocks = _exporter(service, exporter)
    if not blocks:
        return (
            {},
            [],
            [
                f"`{service.name}` gets no exporter: what it would be told is not in variables of the base"
            ],
        )
    job = exporter.job or known.name
    return blocks, [Target(f"{service.name}-exporter:{exporter.port}", job, service.name)], []


def _has_exporter(service: Service, exporter: Exporter) -> bool:
    path = Reference.parse(exporter.image).path
    images = {
        Reference.parse(one.image).path for one in service.stack.services.values() if one.image
    }
    return path in images or f"{service.name}-exporter" in service.stack.services


def _exporter(service: Service, exporter: Exporter) -> Blocks:
    told: dict[str, str] = {}
    for name, pattern in exporter.environment.items():
        value = _filled(service, pattern)
        if value is None:
            return {}
        if value:
            told[name] = value
    at = ("services", f"{service.name}-exporter")
    words = tuple(word.replace("{host}", service.name) for word in exporter.command)
    condition = "service_healthy" if service.healthcheck else "service_started"
    blocks = {at: f"\n  {at[1]}:\n", (*at, "image"): f"    image: {exporter.image}\n"}
    if words:
        blocks[*at, "command"] = f"    command: {flow(words)}\n"
    if told:
        lines = "".join(f"      {name}: {scalar(value)}\n" for name, value in told.items())
        blocks[*at, "environment"] = f"    environment:\n{lines}"
    blocks[*at, "depends_on"] = (
        f"    depends_on:\n      {service.name}:\n        condition: {condition}\n"
    )
    networks = _own_networks(service)
    if networks != {"default"}:
        blocks[*at, "networks"] = (
            f"    networks: {flow(('default', *sorted(networks - {'default'})))}\n"
        )
    return blocks


def _filled(service: Service, pattern: str) -> str | None:
    """The value with the base's words in it; empty where it is not needed, None where it cannot be."""
    missing = []

    def word(match: re.Match[str]) -> str:
        if match[1] == "host":
            return service.name
        found, default = base.variable(service, match[1]), match[2]
        if found is None and (default is None or match[1] in service.environment):
            missing.append(match[1])
        return found or ("" if default == "?" else default or "")

    value = _PLACE.sub(word, pattern)
    return None if missing else value


def _own_networks(service: Service) -> set[str]:
    return set(service.networks or {"default": None})


def _networks(stack: Stack, targets: list[Target]) -> tuple[str, ...]:
    """Exporters are on `default` too; what answers by itself is where it is."""
    direct = [
        one.of
        for one in targets
        if one.of in stack.services and one.address.startswith(f"{one.of}:")
    ]
    found = {name for one in direct for name in _own_networks(stack.services[one])}
    return ("default", *sorted(found - {"default"}))


def hosts(stack: Stack) -> Iterator[tuple[str, str]]:
    """Whose names the templates' own are replaced by, where the base has such a service itself."""
    for name, kind in _SERVICES.items():
        for service in stack.services.values():
            if service.software.kind is kind and service.software.name == name != service.name:
                yield name, service.name
