"""`loki-relabel-config`: Prometheus' relabelling, on the labels of a container's stream."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

ACTIONS = (
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
)
_NEED_TARGET = {"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"}
_REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")


class RelabelError(ValueError):
    """A relabelling that cannot be done; the message names the rule and what is wrong."""


class Rule(NamedTuple):
    """One rule, with the defaults of Prometheus."""

    source_labels: tuple[str, ...] = ()
    separator: str = ";"
    regex: str = "(.*)"
    modulus: int = 0
    target_label: str = ""
    replacement: str = "$1"
    action: str = "replace"


def rules(text: str) -> list[Rule]:
    """The rules in a YAML list; RelabelError for what is no such list."""
    # Only containers with this option pay for reading YAML.
    import yaml

    try:
        found = yaml.safe_load(text) or []
    except yaml.YAMLError as wrong:
        raise RelabelError("is no YAML: write a list of rules, one `- action: …` each") from wrong
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RelabelError("is no list: write one `- action: …` for each rule")
    return [_rule(number, one) for number, one in enumerate(found, 1)]


def relabel(labels: Mapping[str, str], ordered: list[Rule]) -> dict[str, str]:
    """The labels after every rule. RelabelError when a rule drops the stream as a whole."""
    current = dict(labels)
    for number, rule in enumerate(ordered, 1):
        if not _apply(rule, current):
            raise RelabelError(
                f"drops everything this container writes (rule {number}, `{rule.action}`): "
                "give it another log driver, such as `local`, instead"
            )
    return {name: value for name, value in current.items() if value}


def _rule(number: int, given: Mapping[str, Any]) -> Rule:
    unknown = sorted(set(given) - set(Rule._fields))
    if unknown:
        raise RelabelError(f"has the unknown key `{unknown[0]}` in rule {number}")
    try:
        rule = Rule(**given)
        rule = rule._replace(
            action=rule.action.lower(),
            source_labels=tuple(rule.source_labels),
            regex=str(rule.regex),
            replacement=str(rule.replacement),
            modulus=int(rule.modulus),
        )
        re.compile(rule.regex)
    except (TypeError, ValueError, AttributeError, re.error) as wrong:
        raise RelabelError(f"has a wrong value in rule {number}: {wrong}") from wrong
    if rule.action not in ACTIONS:
        raise RelabelError(
            f"has the action `{rule.action}` in rule {number}: use {', '.join(ACTIONS)}"
        )
    if rule.action in _NEED_TARGET and not rule.target_label:
        raise RelabelError(f"needs a `target_label` in rule {number} (`{rule.action}`)")
    if rule.action == "hashmod" and rule.modulus < 1:
        raise RelabelError(f"needs a `modulus` above 0 in rule {number} (`hashmod`)")
    return rule


def _apply(rule: Rule, labels: dict[str, str]) -> bool:
    """Change the labels; False where the stream is dropped."""
    value = rule.separator.join(labels.get(name, "") for name in rule.source_labels)
    found = re.fullmatch(rule.regex, value, re.DOTALL)
    match rule.action:
        case "keep" | "drop":
            return bool(found) == (rule.action == "keep")
        case "keepequal" | "dropequal":
            return (labels.get(rule.target_label, "") == value) == (rule.action == "keepequal")
        case "labelmap" | "labeldrop" | "labelkeep":
            _by_name(rule, labels)
        case "replace":
            if found:
                _set(labels, _expand(rule.target_label, found), _expand(rule.replacement, found))
        case "hashmod":
            # The low 8 bytes of an MD5, as Prometheus takes them.
            # Imported here: it brings 4 MB of libcrypto along, and hardly anybody relabels by hash.
            import hashlib

            digest = hashlib.md5(value.encode(), usedforsecurity=False).digest()
            labels[rule.target_label] = str(int.from_bytes(digest[8:], "big") % rule.modulus)
        case "lowercase":
            _set(labels, rule.target_label, value.lower())
        case "uppercase":
            _set(labels, rule.target_label, value.upper())
    return True


def _by_name(rule: Rule, labels: dict[str, str]) -> None:
    for name in list(labels):
        found = re.fullmatch(rule.regex, name, re.DOTALL)
        if rule.action == "labelmap":
            if found:
                labels[_expand(rule.replacement, found)] = labels[name]
        elif bool(found) == (rule.action == "labeldrop"):
            del labels[name]


def _set(labels: dict[str, str], name: str, value: str) -> None:
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name):
        return  # as Prometheus does: a target that is no label name changes nothing
    if value:
        labels[name] = value
    else:
        labels.pop(name, None)


def _expand(template: str, found: re.Match[str]) -> str:
    """`$1`, `${1}` and `${name}` in Go's way: what does not exist is empty."""

    def one(reference: re.Match[str]) -> str:
        dollar, bare, braced = reference.groups()
        if dollar:
            return "$"
        name = bare or braced
        try:
            return found[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    return _REFERENCE.sub(one, template)
