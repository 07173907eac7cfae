"""The rules' documentation as Markdown; `python -m batten.report.check.pages FOLDER` writes it."""

import sys
from itertools import groupby
from pathlib import Path

from batten.check import Rule, every_rule
from batten.check.page import Page

_NOTE = "<!-- Generated from the rule's docstring by `make docs`. -->\n\n"
_ACCEPT = """\
## To accept it

```yaml
x-batten:
  accept:
    {name}: why this is right here
```

at the top of a Compose file or in a service, or `# batten: accept {name}: why` on the line or the
line above. An accepted finding is still counted and shown.
"""


def pages() -> dict[str, str]:
    """The content of each file, by its name."""
    found = {f"{name}.md": page(Page.of(rule)) for name, rule in every_rule().items()}
    return found | {"README.md": index()}


def page(of: Page) -> str:
    """One rule."""
    rule = of.rule
    return (
        f"{_NOTE}# `{rule.name}`\n\n{of.summary}\n\n"
        f"*{rule.severity}*, group [`{rule.group}`](README.md#{rule.group})\n\n"
        f"## Why it matters\n\n{of.why}\n\n"
        f"## Flagged\n\n```yaml\n{of.flagged.text}```\n\n"
        f"## Accepted\n\n```yaml\n{of.accepted.text}```\n\n" + _ACCEPT.format(name=rule.name)
    )


def index() -> str:
    """All rules by group."""
    text = f"{_NOTE}# Rules of `batten check`\n"
    for group, found in groupby(every_rule().values(), key=lambda rule: rule.group):
        text += f"\n## {group}\n\n| rule | severity | what it finds |\n|---|---|---|\n"
        text += "".join(_row(rule) for rule in sorted(found, key=lambda rule: rule.name))
    return text


def _row(rule: Rule) -> str:
    return f"| [`{rule.name}`]({rule.name}.md) | {rule.severity} | {Page.of(rule).summary} |\n"


def write(folder: Path) -> None:
    """Write the pages, and remove those of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    content = pages()
    for file in folder.glob("*.md"):
        if file.name not in content:
            file.unlink()
    for name, text in content.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
