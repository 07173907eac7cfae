"""Every rule survives every notation that Compose accepts."""

from collections.abc import Callable

import pytest

from batten.check import Rule, Stack, every_rule
from batten.model import Host

ODD = """\
services:
  a:
    image: postgres
    build: {context: ., dockerfile_inline: "FROM redis:7"}
    expose: [90, "91-95", "96/udp"]
    user: "1000"
    sysctls: ["net.core.somaxconn=1024"]
    tmpfs: /tmp
    pids_limit: 5
    entrypoint: ""
    labels: [a=b, c]
    environment: [A=1, B, C=]
    mem_limit: "1g"
    ulimits: {nofile: {soft: 1, hard: 2}}
    extra_hosts: ["a:1.2.3.4"]
    ports: [80, "127.0.0.1::90/udp", {target: 5, mode: host}]
    volumes: [/x, "./a:/b:ro", {type: tmpfs, target: /q}]
    devices: [/dev/null]
    init: true
    read_only: true
    stop_grace_period: 1m
    logging: {driver: none}
    secrets: [s]
    networks: {default: {aliases: [x]}}
    healthcheck: {test: ["CMD-SHELL"]}
    security_opt: [label=disable]
    depends_on: [b]
    deploy: {resources: {limits: {cpus: 1, memory: 1g, pids: 5}}, replicas: 2}
  b:
    image: "redis"
    command: []
    healthcheck: {disable: true}
    scale: 3
  c:
    image: redis
    healthcheck: {test: []}
  d:
    image: redis
    command: ["sh","-c","redis-server '"]
    healthcheck: {test: ["CMD"]}
secrets: {s: {environment: HOME}}
"""
BARE = """\
services:
  a: {image: x}
  postgres: {build: .}
  "1.2": {image: "redis:7", command: [], entrypoint: [], healthcheck: {test: NONE}}
"""


@pytest.mark.parametrize("rule", every_rule().values(), ids=lambda rule: rule.name)
@pytest.mark.parametrize("text", [ODD, BARE], ids=["odd", "bare"])
def test_a_rule_survives(stack: Callable[..., Stack], rule: Rule, text: str) -> None:
    """Whatever it finds has a place in the file."""
    found = list(rule.find(stack(text, host=Host(1, 1 << 20))))
    assert all(one.at and one.at.line for one in found)
