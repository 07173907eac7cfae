import pytest

from batten.driver.relabel import RelabelError, relabel, rules

LABELS = {"host": "h1", "compose_service": "Web", "compose_project": "shop", "filename": "/f"}


def done(text: str) -> dict[str, str]:
    """The labels after these rules."""
    return relabel(LABELS, rules(text))


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("- {source_labels: [host], target_label: node}", {"node": "h1"}),
        (
            "- {source_labels: [compose_project, compose_service], separator: /, target_label: job}",
            {"job": "shop/Web"},
        ),
        (
            "- {source_labels: [host], regex: 'h(.*)', replacement: 'n$1-${1}', target_label: n}",
            {"n": "n1-1"},
        ),
        ("- {source_labels: [host], regex: h, target_label: n}", {}),
        ("- {source_labels: [host], regex: 'x?(.*)', replacement: '', target_label: host}", "host"),
        ("- {action: labelmap, regex: 'compose_(.*)'}", {"service": "Web", "project": "shop"}),
        ("- {action: labeldrop, regex: file.*}", "filename"),
        ("- {action: lowercase, source_labels: [compose_service], target_label: s}", {"s": "web"}),
        ("- {action: uppercase, source_labels: [compose_service], target_label: s}", {"s": "WEB"}),
        ("- {action: keep, source_labels: [host], regex: h1}", {}),
        ("- {action: drop, source_labels: [host], regex: h}", {}),
    ],
)
def test_actions(text: str, changed: dict[str, str] | str) -> None:
    """Each does what it does in Prometheus; a name alone means that this label goes."""
    expected = (
        {name: value for name, value in LABELS.items() if name != changed}
        if isinstance(changed, str)
        else LABELS | changed
    )
    assert expected == done(text)


def test_labelkeep_leaves_only_what_matches() -> None:
    """The way to few labels."""
    assert {"host": "h1"} == done("- {action: labelkeep, regex: host}")


def test_hashmod_is_prometheus() -> None:
    """The low 8 bytes of the MD5 of the value, by the modulus."""
    import hashlib

    low = int(hashlib.md5(b"h1", usedforsecurity=False).hexdigest()[16:], 16)
    found = done("- {action: hashmod, source_labels: [host], modulus: 8, target_label: shard}")
    assert str(low % 8) == found["shard"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no YAML"),
        ("a: 1", "is no list"),
        ("- {nope: 1}", "has the unknown key `nope` in rule 1"),
        ("- {action: nope}", "has the action `nope` in rule 1"),
        ("- {regex: '('}", "has a wrong value in rule 1"),
        ("- {source_labels: [host]}", "needs a `target_label` in rule 1"),
        ("- {action: hashmod, target_label: x}", "needs a `modulus` above 0"),
        ("- {action: drop, source_labels: [host], regex: h1}", "drops everything this container"),
    ],
)
def test_what_cannot_be_done_is_told(text: str, said: str) -> None:
    """With the number of the rule."""
    with pytest.raises(RelabelError) as refused:
        done(text)
    assert str(refused.value).startswith(said)
