import re
from pathlib import Path
from typing import Any

import pytest

from batten.driver import options as module
from batten.driver.options import OptionError, Options, parse

URL = "http://loki:3100/loki/api/v1/push"
INFO: dict[str, Any] = {"ContainerID": "c" * 64, "ContainerName": "/web", "ContainerLabels": {}}
DOCS = Path(__file__).parents[3] / "docs" / "log-driver-options.md"


def read(**config: str) -> Options:
    """Options with an address, and these; `_` stands for `-`."""
    return parse({"loki-url": URL} | {key.replace("_", "-"): config[key] for key in config}, INFO)


def refusal(**config: str) -> str:
    """What is said about options that are wrong."""
    with pytest.raises(OptionError) as refused:
        read(**config)
    return str(refused.value)


def test_defaults_are_those_of_grafanas_driver_or_told_otherwise() -> None:
    """An address is all that has to be written; where we differ, the docs say why."""
    found = read()
    assert (URL, "", "", "") == (found.url, found.user, found.password, found.tenant)
    assert (10.0, 1.0, 1 << 20) == (found.timeout_s, found.batch_wait_s, found.batch_size)
    assert (0.5, 10.0, 10) == (found.min_backoff_s, found.max_backoff_s, found.retries)
    assert (False, False, 10_000_000, 3) == (
        found.no_file,
        found.keep_file,
        found.max_size,
        found.max_file,
    )
    assert ("drop-oldest", None, ()) == (found.spool_full, found.spool_max_bytes, found.notes)


def test_everything_that_can_be_written_is_read() -> None:
    """Durations and sizes are written as in Go and in the engine."""
    found = read(
        loki_timeout="1m30s",
        loki_batch_wait="0",
        loki_batch_size="102400",
        loki_min_backoff="100ms",
        loki_max_backoff="5m",
        loki_retries="0",
        loki_tenant_id="blue",
        no_file="T",
        keep_file="false",
        max_size="1g",
        max_file="7",
        spool_full="block",
        spool_max_size="256MiB",
        mode="non-blocking",
        max_buffer_size="4m",
        cache_disabled="true",
    )
    assert (90.0, 0.0, 102400) == (found.timeout_s, found.batch_wait_s, found.batch_size)
    assert (0.1, 300.0, 0) == (found.min_backoff_s, found.max_backoff_s, found.retries)
    assert (True, False, 10**9, 7) == (
        found.no_file,
        found.keep_file,
        found.max_size,
        found.max_file,
    )
    assert ("blue", "block", 256 << 20) == (found.tenant, found.spool_full, found.spool_max_bytes)


def test_credentials_leave_the_address() -> None:
    """What is shown anywhere is the address without them."""
    found = parse({"loki-url": "https://ann:p%40ss@logs.example.com:8443/push"}, INFO)
    assert ("https://logs.example.com:8443/push", "ann", "p@ss") == (
        found.url,
        found.user,
        found.password,
    )
    assert "p@ss" not in repr(found)


def test_an_address_without_a_path_gets_lokis() -> None:
    """The copy of Grafana's data source address is the most common mistake."""
    found = parse({"loki-url": "http://loki:3100"}, INFO)
    assert URL == found.url
    assert "/loki/api/v1/push" in found.notes[0]


@pytest.mark.parametrize(("asked", "used"), [("400", 65536), ("99999999", 4 << 20)])
def test_a_batch_size_that_hurts_is_clamped_and_told(asked: str, used: int) -> None:
    """400 is copied by people who think it counts lines; a container starts all the same."""
    found = read(loki_batch_size=asked)
    assert used == found.batch_size
    assert f"`loki-batch-size` is {asked}: {used} is used" in found.notes[0]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"loki_batch_wiat": "1s"}, "`loki-batch-wiat` is no option of this log driver: did you "),
        ({"tag": "x"}, "`tag` is no option of this log driver: "),
        ({"loki_timeout": "10"}, "`loki-timeout` is `10`: write a duration, such as `500ms`"),
        ({"loki_timeout": "0s"}, "`loki-timeout` is `0s`: write a duration"),
        ({"loki_batch_size": "1m"}, "`loki-batch-size` is `1m`: write a number of bytes"),
        ({"loki_retries": "-1"}, "`loki-retries` is `-1`: write a number"),
        ({"no_file": "yes"}, "`no-file` is `yes`: write `true` or `false`"),
        ({"max_size": "10 potatoes"}, "`max-size` is `10 potatoes`: write a size"),
        ({"max_file": "0"}, "`max-file` is `0`: write a number"),
        ({"spool_full": "explode"}, "`spool-full` is `explode`: write `drop-oldest` or `block`"),
        ({"spool_max_size": "0"}, "`spool-max-size` is `0`: write a size"),
        ({"loki_pipeline_stages": "- json:"}, "`loki-pipeline-stages` is not supported: lines "),
        ({"loki_pipeline_stage_file": "/x"}, "`loki-pipeline-stage-file` is not supported: "),
        ({"loki_proxy_url": "proxy:3128"}, "`loki-proxy-url` is no http:// or https:// address"),
        ({"loki_tls_ca_file": "/nowhere"}, "`loki-tls-ca-file` is `/nowhere`, which the driver "),
        ({"loki_tls_cert_file": "/etc/hosts"}, "`loki-tls-cert-file` and `loki-tls-key-file`"),
        ({"loki_external_labels": "a"}, "`loki-external-labels` has `a`, which is not `name=val"),
        ({"loki_external_labels": "a-b=c"}, "`loki-external-labels` has the name `a-b`, which "),
        ({"loki_relabel_config": "- action: nope"}, "`loki-relabel-config` has the action `nope`"),
        ({"env_regex": "("}, "`env-regex` is no regular expression: "),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(config: dict[str, str], said: str) -> None:
    """The engine shows it to the person who starts the container."""
    assert refusal(**config).startswith(said)


@pytest.mark.parametrize(
    "url", ["", "loki:3100", "ftp://loki", "http://", "http://ann:hidden@loki:port/", "http://[x"]
)
def test_a_wrong_address_is_told_without_its_text(url: str) -> None:
    """There may be a password in it."""
    with pytest.raises(OptionError, match=r"write an address such as `http://loki:3100") as refused:
        parse({"loki-url": url} if url else {}, INFO)
    assert "hidden" not in str(refused.value)


def test_empty_stages_are_no_stages() -> None:
    """A Compose file whose variable is empty means nothing by it."""
    assert URL == read(loki_pipeline_stages="").url


def test_too_many_labels_are_told_before_loki_refuses_every_line() -> None:
    """Loki takes 15 for a stream."""
    many = ",".join(f"l{number}={number}" for number in range(13))
    assert refusal(loki_external_labels=many).startswith("16 labels are more than the 15 that")
    assert 13 + 2 == len(
        parse({"loki-url": URL, "loki-external-labels": many}, INFO, max_labels=16).labels
    )


def test_every_option_is_in_the_docs() -> None:
    """And the docs name no option that does not exist."""
    text = DOCS.read_text(encoding="utf-8").partition("\n## Labels")[0]
    told = set(re.findall(r"^\| `([a-z-]+)`", text, re.MULTILINE))
    assert set(module._KNOWN) == told
