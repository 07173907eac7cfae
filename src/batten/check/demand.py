"""What a service's settings ask for, as far as anybody can know it."""

from collections.abc import Iterable

from batten.catalog import Demand, Part
from batten.check.service import Service
from batten.model import Position


def demand(service: Service) -> Demand | None:
    """What its settings take; where there may be a file with more of them, only what is written."""
    known = service.software
    wanted = known.demand(service)
    return wanted.told() if wanted and known.has_config_file(service) else wanted


def place(service: Service, parts: Iterable[Part]) -> Position | None:
    """Where the largest part that somebody set was set; where nobody did, the limit they exceed."""
    part = max(parts, key=lambda part: (part.told, part.amount))
    limits = (("deploy", "resources", "limits", "memory"), ("mem_limit",))
    if not part.told:
        return service.at_first(*limits)
    if part.path == ("command",):
        setting = part.setting or part.name
        return service.at_item("command", setting, setting.replace("_", "-"))
    return service.at_first(part.path, *limits)


def fitting(service: Service, limit: int) -> str:
    """What would fit, to follow a sentence; empty where the catalog sets nothing."""
    settings = service.software.settings(service, limit)
    words = " ".join(word for setting in settings for word in setting.words)
    return f"; inside this limit fits `{words}`" if words else ""


def told_elsewhere(service: Service, setting: str) -> bool:
    """Whether a variable has the setting in its name or its value."""
    given = " ".join(f"{name} {value or ''}" for name, value in service.environment.items())
    return setting.lower() in given.lower()
