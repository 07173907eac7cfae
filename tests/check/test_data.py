"""Where data is, in the notations that people use."""

from collections.abc import Callable

import pytest

from batten.check import Selection, Stack, examine

MakeStack = Callable[..., Stack]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("{image: 'postgres:17'}", {"database-without-volume"}),
        ("{image: 'postgres:17', volumes: [vol:/var/lib/postgresql]}", set()),
        ("{image: 'postgres:17', volumes: [vol:/var/lib/postgresql/]}", set()),
        ("{image: 'postgres:17', volumes: ['vol:/backup']}", {"database-without-volume"}),
        ("{image: 'postgres:17', environment: {PGDATA: /x/y}, volumes: ['vol:/x']}", set()),
        ("{image: 'postgres:17', volumes: [/var/lib/postgresql/data]}", {"anonymous-data-volume"}),
        ("{image: 'postgres:17', volumes: ['../d:/var/lib/postgresql/data']}", {"relative-data-folder"}),
        ("{image: 'postgres:17', volumes: ['/d:/var/lib/postgresql/data']}", set()),
        ("{image: 'postgres:17', volumes: ['~/d:/var/lib/postgresql/data']}", set()),
        ("{image: 'mongo:8', command: [--dbpath, /m], volumes: ['vol:/m']}", set()),
        ("{image: 'mongo:8', command: [--config, /c/m.conf], volumes: ['vol:/m', './c:/c:ro']}", set()),
        ("{image: 'redis:8'}", set()),
        ("{image: 'redis:8', command: redis-server --appendonly yes}", {"database-without-volume"}),
        ("{image: 'chrislusf/seaweedfs', command: [s3, -filer=f:8888]}", set()),
        ("{image: 'grafana/loki:3.7.8', command: [-config.file=/etc/loki/x.yaml]}", set()),
        ("{image: 'grafana/loki:3.7.8'}", {"history-without-volume"}),
        ("{image: 'example/app:1', volumes: [/app/node_modules, './x:/data']}", set()),
        ("{image: 'caddy:2'}", set()),
        ("{image: 'postgres:17', command: [pg_dump]}", set()),
    ],
)  # fmt: skip
def test_data_is_found_where_it_is(stack: MakeStack, service: str, expected: set[str]) -> None:
    """Moved data, tools, gateways and caches raise no alarm."""
    text = f"services: {{a: {service}}}\nvolumes: {{vol: {{}}}}"
    found = examine(stack(text), Selection(groups=("storage",))).findings
    assert expected == {one.rule for one in found}


def test_data_in_two_folders_of_one_volume_is_not_shared(stack: MakeStack) -> None:
    """Each database was given its own part of it."""
    text = """\
services:
  a: {image: 'postgres:17', environment: {PGDATA: /var/lib/postgresql/data/%s}, volumes: &v [vol:/var/lib/postgresql/data]}
  b: {image: 'postgres:17', environment: {PGDATA: /var/lib/postgresql/data/b}, volumes: *v}
volumes: {vol: {}}
"""
    selection = Selection(only=("shared-data-volume",))
    assert () == examine(stack(text % "a"), selection).findings
    assert 1 == len(examine(stack(text % "b"), selection).findings)
