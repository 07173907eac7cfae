"""What a process may use by its own settings, and the settings that fit a limit."""

from collections.abc import Callable

import msgspec

from batten.model import Service
from batten.model.size import shown, size

MIB = 1 << 20
GIB = 1 << 30


class Part(msgspec.Struct, frozen=True):
    """One setting's share: `shared_buffers`, its bytes, and where it is set (a path in Compose).

    `told`: somebody has set it; else it is the program's default, which a configuration file may
    have changed. `certain`: it is taken as time goes by; else only where everything comes together.
    `setting` is what to look for in the command where that is not the name.
    """

    name: str
    amount: int
    path: tuple[str, ...] = ("command",)
    told: bool = True
    certain: bool = True
    setting: str = ""


class Demand(msgspec.Struct, frozen=True):
    """Bytes that a process may use by its settings.

    `share` is the part of the memory limit that these may take: the rest is for what no setting
    counts (copies made by fork, buffers, the program itself). `why` says where that figure is from.
    """

    parts: tuple[Part, ...]
    share: float
    why: str

    @property
    def amount(self) -> int:
        """All parts together."""
        return sum(part.amount for part in self.parts)

    @property
    def certain(self) -> int:
        """What is taken sooner or later, without the parts that only the worst case has."""
        return sum(part.amount for part in self.parts if part.certain)

    @property
    def words(self) -> str:
        """Its parts as a person reads them: `maxmemory 512 MB`."""
        return " + ".join(f"{part.name} {shown(part.amount)}" for part in self.parts)

    def told(self) -> "Demand | None":
        """Only what somebody has set; None where that is nothing."""
        parts = tuple(part for part in self.parts if part.told)
        return msgspec.structs.replace(self, parts=parts) if parts else None

    def fits(self, limit: int) -> bool:
        """Whether a memory limit of so many bytes leaves room enough."""
        return self.amount <= limit * self.share


class Setting(msgspec.Struct, frozen=True):
    """What to say to a program so that it fits: words of its command, or a variable.

    `label` names it where its own name says too little. `unless`: where somebody accepts the rule
    of that name, another value, and why. `with_queue`: where others keep a queue in it, likewise.
    """

    name: str
    value: str
    why: str
    in_environment: bool = False
    label: str | None = None
    unless: tuple[str, str, str] | None = None
    with_queue: tuple[str, str] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """As words of a command: `--maxmemory 512mb`, or `-c shared_buffers=512MB`."""
        if self.name.startswith("-c "):
            return ("-c", f"{self.name[3:]}={self.value}")
        return (
            (f"{self.name}={self.value}",) if self.name.endswith("=") else (self.name, self.value)
        )


class Connections(msgspec.Struct, frozen=True):
    """Database connections: how many are opened or accepted, and by which settings.

    `cap` is the variable that bounds what is opened.
    """

    amount: int
    told: str
    path: tuple[str, ...]
    cap: str | None = None


Demands = Callable[[Service], Demand | None]
Settings = Callable[[Service, int], tuple[Setting, ...]]
Counts = Callable[[Service], Connections | None]


def silent(service: Service) -> None:
    """Its settings say nothing."""


def none_needed(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """It fits by itself."""
    return ()


def mib(amount: float) -> int:
    """Whole mebibytes."""
    return int(amount) // MIB


def go_demand(service: Service) -> Demand | None:
    """`GOMEMLIMIT` is soft: Go's own documentation asks for 5 to 10 % below the limit."""
    amount = size(service.environment.get("GOMEMLIMIT") or "")
    if amount is None:
        return None
    part = Part("GOMEMLIMIT", amount, ("environment", "GOMEMLIMIT"))
    return Demand((part,), 0.95, "Go's collector needs 5 to 10 % above `GOMEMLIMIT`")


def go_settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """`GOMEMLIMIT` at 90 % of the limit."""
    value = f"{mib(limit * 0.9)}MiB"
    return (Setting("GOMEMLIMIT", value, "90 % of the memory limit", in_environment=True),)
