"""What an image has inside: which programs a healthcheck can and cannot call."""

from collections.abc import Callable

import msgspec

from batten.catalog.reference import Reference

_SHELL = frozenset({"sh", "test", "echo", "exit", "cat", "grep"})
_FETCHERS = frozenset({"curl", "wget", "nc", "netcat", "ncat", "telnet"})


class Contents(msgspec.Struct, frozen=True):
    """Programs that are known to be there, and those known to be missing.

    `only` means that nothing but `has` is there: no shell either.
    """

    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    only: bool = False

    def misses(self, program: str) -> bool:
        """Whether a call of `program` is sure to fail; False where nobody knows."""
        name = program.rpartition("/")[2]
        return name not in self.has and (self.only or name in self.lacks)

    def plus(self, *programs: str) -> "Contents":
        """The same image with programs of its own."""
        return Contents(self.has | set(programs), self.lacks - set(programs), self.only)


# Debian and Ubuntu base images: bash and coreutils, no fetcher.
DEBIAN = Contents(_SHELL | {"bash"}, _FETCHERS)
# busybox has wget and nc; curl and bash are extra packages.
ALPINE = Contents(_SHELL | {"ash", "wget", "nc"}, frozenset({"curl", "bash"}))
BUSYBOX = Contents(_SHELL | {"wget", "nc"}, frozenset({"curl", "bash"}))
# No shell: what is not named is not there.
BARE = Contents(only=True)
UNKNOWN = Contents()

Inside = Callable[[Reference], Contents]


def unknown(reference: Reference) -> Contents:  # noqa: ARG001  # the same shape as its siblings
    """Nothing is known about any image."""
    return UNKNOWN


def images(known: dict[str, Contents], *programs: str) -> Inside:
    """Contents by path; tags with `alpine` in them are on Alpine whatever the others are on.

    `programs` are in each of them. A private copy may have been changed, so nothing is known of it.
    """

    def inside(reference: Reference) -> Contents:
        base = known.get(reference.path)
        if base is None:
            return UNKNOWN
        if "alpine" in (reference.tag or ""):
            base = ALPINE.plus(*(base.has - DEBIAN.has))
        return base.plus(*programs)

    return inside
