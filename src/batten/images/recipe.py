"""How one image comes about, and what it depends on."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from batten.engine.context import context_files
from batten.errors import ImageError
from batten.model import Position, Service, Stack

# The images of this name are built, never pulled.
OWN = "batten/"
BASE = "batten/base"
# Where the images lie that others stand on: in the package, or in the checkout it runs from.
_PARENTS = (
    Path(__file__).with_name("parents"),
    Path(__file__).parents[3] / "docker" / "images",
)

_FROM = re.compile(r"^FROM\s+(?:--platform=\S+\s+)?(\S+)", re.IGNORECASE | re.MULTILINE)
_ARG = re.compile(r"^ARG\s+(\w+)=(\S+)", re.IGNORECASE | re.MULTILINE)
_WHEELS = re.compile(r"^COPY\b.*\bwheel", re.IGNORECASE | re.MULTILINE)


class Recipe(msgspec.Struct, frozen=True):
    """A folder with a Dockerfile, the arguments it gets and the tag of what comes out.

    The base image is the one without a Dockerfile: its folder has a program `build` that writes
    a root file system to its standard output, as a tar.
    """

    tag: str
    folder: Path
    dockerfile: str = "Dockerfile"
    args: dict[str, str] = {}
    target: str | None = None

    @property
    def is_base(self) -> bool:
        """Whether it is imported rather than built."""
        return self.tag.partition(":")[0] == BASE

    @property
    def is_own(self) -> bool:
        """Whether it is one of Batten's images, not of somebody's application."""
        return self.tag.startswith(OWN)

    @property
    def instructions(self) -> str:
        """The text of its Dockerfile; raise ImageError where there is none."""
        file = self.folder / self.dockerfile
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise ImageError(
                f"the image `{self.tag}` has no Dockerfile: {error.strerror}",
                at=Position(file),
                hint="check `build:` of the service that uses it",
            ) from None

    @property
    def parents(self) -> tuple[str, ...]:
        """The images it is built from, arguments filled in."""
        if self.is_base:
            return ()
        values = dict(_ARG.findall(self.instructions)) | self.args
        named = _FROM.findall(self.instructions)
        return tuple(re.sub(r"\$\{?(\w+)\}?", lambda m: values.get(m[1], ""), ref) for ref in named)

    @property
    def wants_wheels(self) -> bool:
        """Whether it copies Python wheels, which are fetched outside the build.

        Inside a build neither the host's package index nor its certificates are known.
        """
        has_list = (self.folder / "requirements.txt").is_file()
        return has_list and not self.is_base and bool(_WHEELS.search(self.instructions))

    def files(self) -> list[str]:
        """The files of its context; wheels that lie about do not count."""
        names = context_files(self.folder, self.dockerfile)
        return [name for name in names if not (self.wants_wheels and name.startswith("wheels/"))]

    def digest(self, parents: Iterable[str]) -> str:
        """What the image is made of: content, arguments and its parents' digests."""
        total = hashlib.sha256(msgspec.json.encode([self.dockerfile, self.args, self.target]))
        for parent in parents:
            total.update(parent.encode())
        for name in self.files():
            total.update(msgspec.json.encode([name, *_content(self.folder / name)]))
        return f"sha256:{total.hexdigest()}"


def _content(file: Path) -> tuple[bool, str]:
    """Whether a file can be run, and the digest of what is in it."""
    try:
        content = str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
        return bool(file.lstat().st_mode & 0o111), hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise ImageError(
            f"a file that goes into an image cannot be read: {error.strerror}",
            at=Position(file),
            hint="mend its permissions, or name it in `.dockerignore`",
        ) from None


def recipes(stack: Stack) -> dict[str, Recipe]:
    """Every image of `stack` that is built, and Batten's own among their parents, parents first."""
    return with_parents(
        _of_service(stack, service)
        for service in stack.running_services.values()
        if service.build and service.build.context.is_dir()
    )


def with_parents(wanted: Iterable[Recipe]) -> dict[str, Recipe]:
    """Recipes by tag, and before each those of Batten's own images that it stands on."""
    found: dict[str, Recipe] = {}
    for recipe in wanted:
        _collect(recipe, found)
    return found


def _of_service(stack: Stack, service: Service) -> Recipe:
    build = service.build
    assert build is not None  # noqa: S101  # the caller looked
    args = {key: value for key, value in build.args.items() if value is not None}
    tag = service.image or f"{stack.name}-{service.name}"
    return Recipe(tag, build.context, build.dockerfile, args, build.target)


def _collect(recipe: Recipe, found: dict[str, Recipe]) -> None:
    for parent in recipe.parents:
        folder = _folder_of(parent, recipe.folder.parent)
        if folder and parent not in found:
            _collect(Recipe(parent, folder), found)
    found.setdefault(recipe.tag, recipe)


def _folder_of(image: str, beside: Path) -> Path | None:
    """The folder of one of Batten's images: beside the one that stands on it, or Batten's own."""
    name = image.removeprefix(OWN).partition(":")[0]
    places = (place / name for place in (beside, *_PARENTS))
    return next((one for one in places if one.is_dir()), None) if image.startswith(OWN) else None


def digests(found: Mapping[str, Recipe]) -> dict[str, str]:
    """The digest of each recipe by tag; `found` has parents first."""
    known: dict[str, str] = {}
    for tag, recipe in found.items():
        known[tag] = recipe.digest(known.get(parent, parent) for parent in recipe.parents)
    return known
