"""`| line_format`, `| label_format`, `| decolorize`, `| drop` and `| keep`."""

from collections.abc import Sequence

from batten.loki.logql import ast
from batten.loki.logql.errors import StageError
from batten.loki.logql.regex import compile_regex
from batten.loki.store import Matcher

from .conditions import text_test
from .record import ERROR, ERROR_DETAILS, PRESERVE_ERROR, Record
from .template.nodes import TemplateError
from .template.parse import Template, template

TEMPLATE_ERROR = "TemplateFormatErr"
_COLOURS = compile_regex(
    "[\u001b\u009b][[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\u0007)"
    "|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))"
)


class LineFormatStage:
    """Writes the line anew."""

    def __init__(self, stage: ast.LineFormat, shown: str) -> None:
        try:
            self.template = template(stage.template, "line")
        except TemplateError as error:
            raise StageError(shown, f"invalid line template: {error}") from None
        self.simple_key = self.template.simple_key
        self.names = self.template.fields

    def __call__(self, record: Record) -> bool:
        """Change the record; no line is left out."""
        if self.simple_key is not None:
            record.line = record.get(self.simple_key) or ""
            return True
        try:
            record.line = self.template.run(record.labels(), record.line, record.ts)
        except TemplateError as error:
            record.fail(TEMPLATE_ERROR, str(error))
        return True


class LabelFormatStage:
    """Renames labels and writes new ones."""

    def __init__(self, stage: ast.LabelFormat, shown: str) -> None:
        seen = set[str]()
        self.formats: list[tuple[str, str, Template | None]] = []
        for name, source, is_template in stage.formats:
            if name == ERROR:
                raise StageError(shown, f"{name} cannot be formatted")
            if name in seen:
                reason = f"multiple label name '{name}' not allowed in a single format operation"
                raise StageError(shown, reason)
            seen.add(name)
            try:
                made = template(source, "label") if is_template else None
            except TemplateError as error:
                raise StageError(shown, f"invalid template for label '{name}': {error}") from None
            self.formats.append((name, source, made))
        self.names = [
            field
            for _, source, made in self.formats
            for field in (made.fields if made else [source])
        ]

    def __call__(self, record: Record) -> bool:
        """Change the record; no line is left out."""
        labels: dict[str, str] | None = None
        for name, source, made in self.formats:
            if made is None:
                value = record.get(source)
                if value is not None:
                    record.put(name, value)
                    record.remove(source)
                continue
            # All templates of one stage see the labels as the first of them found them
            labels = record.labels() if labels is None else labels
            try:
                record.put(name, made.run(labels, record.line, record.ts))
            except TemplateError as error:
                record.fail(TEMPLATE_ERROR, str(error))
        return True


def decolorize(record: Record) -> bool:
    """Take the colours of terminals out of the line."""
    record.line = _COLOURS.sub("", record.line)
    return True


class DropStage:
    """Removes labels by name, or by name and value."""

    def __init__(self, labels: Sequence[str | Matcher]) -> None:
        self.labels = [
            (label, None) if isinstance(label, str) else (label.name, text_test(label))
            for label in labels
        ]

    def __call__(self, record: Record) -> bool:
        """Change the record; no line is left out."""
        for name, test in self.labels:
            if name == ERROR:
                if test is None or test(record.error):
                    record.error = ""
            elif name == ERROR_DETAILS:
                if test is None or test(record.details):
                    record.details = ""
            elif test is None:
                if record.get(name) is not None:
                    record.remove(name)
            elif test(record.get(name) or ""):
                record.remove(name)
        return True


class KeepStage:
    """Removes every label but the named ones; errors stay."""

    def __init__(self, labels: Sequence[str | Matcher]) -> None:
        self.names = {label for label in labels if isinstance(label, str)}
        self.tests = [
            (label.name, text_test(label)) for label in labels if isinstance(label, Matcher)
        ]

    def __call__(self, record: Record) -> bool:
        """Change the record; no line is left out."""
        for name, value in record.labels().items():
            if name in self.names or name in {ERROR, ERROR_DETAILS, PRESERVE_ERROR}:
                continue
            if not any(name == known and test(value) for known, test in self.tests):
                record.remove(name)
        return True
