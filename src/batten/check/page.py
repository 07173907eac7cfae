"""What a rule's docstring says, taken apart."""

import re
import textwrap
from typing import Self

import msgspec

from batten.check.rule import Rule
from batten.model import Host

_PARTS = re.compile(r"\n(Flagged|Accepted):\n")
_MARK = re.compile(r"[ \t]*# <--[ \t]*$", re.MULTILINE)
_HOST = re.compile(r"^# host: (.+)$", re.MULTILINE)


class Snippet(msgspec.Struct, frozen=True):
    """A Compose snippet: base and overlays divided by `---`, flagged lines marked `# <--`."""

    text: str

    @property
    def files(self) -> tuple[str, ...]:
        """Base and overlays without marks, as they would be written to files."""
        return tuple(_MARK.sub("", part) for part in self.text.split("---\n"))

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """File (from 0) and line (from 1) of each mark."""
        return tuple(
            (number, line)
            for number, part in enumerate(self.text.split("---\n"))
            for line, text in enumerate(part.splitlines(), start=1)
            if _MARK.search(text)
        )

    @property
    def host(self) -> Host | None:
        """The host of a `# host: 2cpu,4g` line."""
        found = _HOST.search(self.text)
        return Host.parse(found[1]) if found else None


class Page(msgspec.Struct, frozen=True):
    """One line, paragraphs on why it matters, and what is flagged and what is not."""

    rule: Rule
    summary: str
    why: str
    flagged: Snippet
    accepted: Snippet

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Raise ValueError where a part is missing: a rule without documentation is none."""
        parts = _PARTS.split(rule.text)
        if parts[1::2] != ["Flagged", "Accepted"]:
            raise ValueError(f"`{rule.name}` wants a `Flagged:` and an `Accepted:` snippet")
        summary, _, why = parts[0].partition("\n\n")
        if not summary or not why.strip():
            raise ValueError(f"`{rule.name}` wants a summary line and a paragraph on why")
        flagged, accepted = (
            Snippet(textwrap.dedent(part).strip("\n") + "\n") for part in parts[2::2]
        )
        return cls(rule, summary, why.strip(), flagged, accepted)
