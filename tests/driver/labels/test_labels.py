import socket
from typing import Any

import pytest

from batten.driver.labels import LabelError, labels, selector

INFO: dict[str, Any] = {
    "ContainerID": "0123456789abcdef" * 4,
    "ContainerName": "/shop-web-1",
    "ContainerEntrypoint": "/entry",
    "ContainerArgs": ["serve", "--port=80"],
    "ContainerImageID": "sha256:" + "ab" * 32,
    "ContainerImageName": "shop/web:2",
    "ContainerEnv": ["TIER=gold", "REGION=eu=west", "EMPTY="],
    "ContainerLabels": {
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "web",
        "team": "payments",
        "org.example/cost-center": "7",
        "9lives": "cat",
    },
    "DaemonName": "docker",
}


def external(value: str) -> str:
    """What a label's value becomes."""
    return labels({"loki-external-labels": f"x={value}"}, INFO)["x"]


def test_the_labels_of_grafanas_driver() -> None:
    """Dashboards that were made for it find the same labels."""
    assert {
        "container_name": "shop-web-1",
        "compose_project": "shop",
        "compose_service": "web",
        "host": socket.gethostname(),
        "filename": f"/var/log/docker/{INFO['ContainerID']}/json.log",
    } == labels({}, INFO)


def test_external_labels_replace_the_default() -> None:
    """Who writes labels of their own and wants `container_name` writes it, too."""
    found = labels({"loki-external-labels": "service=api,environment=production"}, INFO)
    assert ("api", "production") == (found["service"], found["environment"])
    assert "container_name" not in found


def test_swarm_has_labels_of_its_own() -> None:
    """A service of a Swarm stack is found by them."""
    held = {"com.docker.swarm.service.name": "s_web", "com.docker.stack.namespace": "s"}
    found = labels({}, INFO | {"ContainerLabels": held})
    assert ("s_web", "s") == (found["swarm_service"], found["swarm_stack"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{.Name}}", "shop-web-1"),
        ("{{ .Name }}/{{.ID}}", "shop-web-1/0123456789ab"),
        ("{{.FullID}}", INFO["ContainerID"]),
        ("{{.ImageName}}", "shop/web:2"),
        ("{{.ImageID}}", "sha256:ababa"),
        ("{{.ImageFullID}}", INFO["ContainerImageID"]),
        ("{{.DaemonName}}", "docker"),
        ("{{.Hostname}}", socket.gethostname()),
        ("{{.ContainerName}}", "/shop-web-1"),
        ('{{index .ContainerLabels "team"}}', "payments"),
        ("{{.ContainerLabels.team}}", "payments"),
        ("{{.Name | upper}}", "SHOP-WEB-1"),
        ("{{upper .Name}}", "SHOP-WEB-1"),
        ("{{truncate .Name 4}}", "shop"),
        ('{{index (split .Name "-") 1}}', None),
        ('{{join (split .Name "-") "_"}}', None),
        ("{{if .Name}}x{{end}}", None),
        ("{{.Nmae}}", None),
        ("{{.Name", None),
        ("plain", "plain"),
    ],
)
def test_templates(value: str, expected: str | None) -> None:
    """What label values use of Go's templates; what is not done is an error, never a wrong label."""
    if expected is None:
        with pytest.raises(LabelError, match=r"^`loki-external-labels`: "):
            external(value)
    else:
        assert expected == external(value)


def test_a_command_has_its_arguments() -> None:
    """`.Command` is the entry point and what follows it."""
    assert "/entry serve --port=80" == external("{{.Command}}")


def test_labels_and_variables_of_the_container() -> None:
    """By name or by expression; names become what Loki takes."""
    found = labels({"labels": "team,absent", "env": "TIER,REGION"}, INFO)
    assert ("payments", "gold", "eu=west") == (found["team"], found["TIER"], found["REGION"])
    found = labels({"labels-regex": "^(org|9)", "env-regex": "^(T|E)"}, INFO)
    assert ("7", "cat", "gold") == (
        found["org_example_cost_center"],
        found["_9lives"],
        found["TIER"],
    )
    assert "EMPTY" not in found


def test_values_are_no_longer_than_loki_takes() -> None:
    """A variable of 5 kB must not have Loki refuse every line."""
    found = labels({"env": "LONG"}, INFO | {"ContainerEnv": ["LONG=" + "é" * 5000]})
    assert "é" * 1024 == found["LONG"]


def test_the_selector_is_gos_syntax() -> None:
    """Loki parses it like a string of Go."""
    assert r'{a="say \"hi\"\\\n\x07", b="2"}' == selector({"b": "2", "a": 'say "hi"\\\n\x07'})
