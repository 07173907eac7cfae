"""What Batten knows about one piece of software."""

import enum
from collections.abc import Callable
from fnmatch import fnmatchcase

import msgspec

from batten.catalog import commandline, sizing
from batten.catalog.contents import Inside, unknown
from batten.catalog.reference import Reference
from batten.catalog.tier import Tier
from batten.model import Service

Test = tuple[str, ...]
"""A healthcheck's `test` in list form; `$$` is a dollar for the container's shell."""


class Kind(enum.StrEnum):
    """What a piece of software is to its stack."""

    APPLICATION = "application"
    ALERTS = "alerts"
    CACHE = "cache"
    DASHBOARD = "dashboard"
    DATABASE = "database"
    EDGE = "edge"
    EXPORTER = "exporter"
    LOGS = "logs"
    METRICS = "metrics"
    OBJECTS = "objects"
    POOLER = "pooler"
    QUEUE = "queue"
    SEARCH = "search"
    SHIPPER = "shipper"


class Language(enum.StrEnum):
    """What decides how memory is bounded from inside."""

    NATIVE = "native"
    GO = "go"
    JVM = "jvm"
    NODE = "node"
    PYTHON = "python"
    BEAM = "beam"


class Root(enum.StrEnum):
    """How the upstream image stands to the user root."""

    STAYS = "stays"
    DROPS = "drops"  # the entrypoint starts as root and hands over to a user
    NEVER = "never"  # the image names a user
    UNKNOWN = "unknown"


class Secret(msgspec.Struct, frozen=True):
    """A setting that nobody may read; `default` is the value that everybody knows.

    `variable` is of the environment, `file` the variable that names a file in its place, `option`
    the word of the command line that takes it.
    """

    variable: str | None = None
    file: str | None = None
    option: str | None = None
    default: str | None = None


class Stop(msgspec.Struct, frozen=True):
    """How it is stopped without loss: the signal, seconds, and whether it then exits 0.

    `clean` is None where it depends. What exits 0 stays down after a reboot under `on-failure`.
    """

    signal: str = "SIGTERM"
    grace_s: int = 10
    clean: bool | None = None


def never(service: Service) -> bool:  # noqa: ARG001  # the shape of `durable`
    """Nothing in it is missed."""
    return False


class Metrics(msgspec.Struct, frozen=True):
    """Where it answers Prometheus by itself, and whether it does without being told to.

    `job` is what alerts and dashboard know it by.
    """

    port: int
    path: str = "/metrics"
    told: Callable[[Service], bool] = never
    job: str | None = None


class Exporter(msgspec.Struct, frozen=True):
    """A program beside it that answers Prometheus, and the variables it is told with.

    In a value, `{host}` is the service and `{NAME}` one of its variables, with its default behind a
    bar: `{POSTGRES_DB|postgres}`. Without a default it must be there, or there is no exporter; with
    `?` for a default the exporter is not told what the service is not told.
    """

    image: str
    port: int
    environment: dict[str, str] = {}
    command: tuple[str, ...] = ()
    job: str | None = None


class EndOfLife(msgspec.Struct, frozen=True):
    """A line of versions that gets no more patches since `date` (year-month-day).

    `version` is what its tags begin with: numbers, or the name of a release (`buster`).
    """

    version: str
    date: str

    def covers(self, reference: Reference) -> bool:
        """Whether the tag is of this line: `15` covers `15.4-alpine`, not `150`."""
        if not self.version[0].isdigit():
            return f"{reference.tag}-".startswith(f"{self.version}-")
        line = tuple(int(part) for part in self.version.split("."))
        return reference.version[: len(line)] == line


def _no_test(service: Service) -> Test | None:  # noqa: ARG001  # the shape of `health`
    return None


def always(service: Service) -> bool:  # noqa: ARG001  # the shape of `durable`
    """It keeps what is lost with it."""
    return True


Home = Callable[[Service], tuple[str, ...]]


def nowhere(service: Service) -> tuple[str, ...]:  # noqa: ARG001  # the shape of `home`
    """Nobody knows where a volume would have to be."""
    return ()


def homes(known: dict[str, str]) -> Home:
    """Where the data lies, by the path of the image; several folders have blanks between them.

    Each is the very folder that the image declares a volume for: one above it would stay empty.
    """
    return lambda service: tuple(known.get(Reference.parse(service.image or "").path, "").split())


def fixed(*words: str) -> Callable[[Service], Test | None]:
    """The same healthcheck for every service."""
    return lambda _: words


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """All that `check`, `harden`, `plan` and `drill` ask about a service's software.

    Recognition: `images` are full paths without a registry, of upstream and of well-known
    repackagings; `names` are last words of a private image's name; `programs` what a command line
    starts with, `clients` what the same image runs when it is only a tool;
    `ports` where it answers, the main one first; `variables` what only it is given.
    """

    name: str
    title: str
    kind: Kind
    tier: Tier
    images: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    variables: tuple[str, ...] = ()

    # Memory. `floor`: bytes under which it does no useful work. `fits_itself`: it reads its
    # container's limit and stays inside it without being told.
    language: Language = Language.NATIVE
    floor: int = 64 * sizing.MIB
    fits_itself: Callable[[Service], bool] = never
    demand: sizing.Demands = sizing.silent
    settings: sizing.Settings = sizing.none_needed
    shm: int | None = None
    # What else it is told in production, and why, in a paragraph that stands above its command.
    tuning: sizing.Settings = sizing.none_needed
    note: str = ""
    # What its known images start when nobody says.
    starts: tuple[str, ...] = ()

    # `evicts`: the policy by which it throws away any key when its memory is full. `keeps`: it was
    # told in so many words to write its data down. `knows_its_limit`: it sets `GOMEMLIMIT` by
    # itself; to write it out does no harm.
    evicts: Callable[[Service], str | None] = sizing.silent
    keeps: Callable[[Service], bool] = never
    knows_its_limit: Callable[[Service], bool] = never

    # Connections a pooler opens to a database, and a database accepts.
    opens: sizing.Counts = sizing.silent
    accepts: sizing.Counts = sizing.silent

    # Life and death.
    health: Callable[[Service], Test | None] = _no_test
    inside: Inside = unknown
    start_s: int = 10
    stop: Stop = Stop()

    # Data and configuration: paths in the container; patterns of words and mount targets that
    # say that settings are in a file, out of sight here.
    data: tuple[str, ...] = ()
    home: Home = nowhere
    # Its data belongs to the name of its host, which a new container changes.
    named_by_host: bool = False
    durable: Callable[[Service], bool] = never
    config: tuple[str, ...] = ()

    # Rights. `user`: what `user:` may be set to. `capabilities`: what it needs after `cap_drop: ALL`
    # (None: nobody has tried).
    root: Root = Root.UNKNOWN
    user: str | None = None
    capabilities: tuple[str, ...] | None = None
    # Folders beside its data that it writes to (None: nobody knows, so its root stays writable).
    writes: tuple[str, ...] | None = None
    secrets: tuple[Secret, ...] = ()

    # Its work needs what nobody else should have: the host's own network and processes to measure,
    # the engine's socket to pass on only a part of it.
    watches_host: bool = False
    guards_engine: bool = False

    # Being watched.
    metrics: Metrics | None = None
    exporter: Exporter | None = None

    ended: tuple[EndOfLife, ...] = ()

    def has_config_file(self, service: Service) -> bool:
        """Whether its settings may be in a file, so that the command line is not the whole truth."""
        seen = (*commandline.words(service), *(mount.target for mount in service.volumes))
        return any(fnmatchcase(word, pattern) for word in seen for pattern in self.config)

    def is_data(self, target: str) -> bool:
        """Whether a mount at `target` holds its data (a folder above or inside it counts)."""
        path = target.rstrip("/")
        return any(
            path == data or data.startswith(f"{path}/") or path.startswith(f"{data}/")
            for data in self.data
        )
