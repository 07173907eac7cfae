"""Loki's own configuration file is read; what is not honoured is said."""

from pathlib import Path

import pytest
import yaml

from batten.loki import config
from batten.loki.limits import DAY, HOUR, MB, Limits

STACK = Path(__file__).parents[3] / "docker" / "config" / "loki" / "loki.yaml"


def test_reads_the_stacks_own_file() -> None:
    """The reference stack's file is taken as it is, and everything in it is honoured or named."""
    settings = config.read(STACK)
    limits = settings.limits
    assert (3100, Path("/loki"), "warn") == (settings.port, settings.path, settings.log_level)
    assert (30 * DAY, MB, True) == (
        limits.retention_period,
        limits.max_line_size,
        limits.max_line_size_truncate,
    )
    assert (16, 32, 16 * MB) == (
        limits.ingestion_rate_mb,
        limits.ingestion_burst_size_mb,
        limits.per_stream_rate_limit,
    )
    assert "schema_config.configs" in settings.ignored
    assert "limits_config.tsdb_max_query_parallelism" in settings.ignored


def test_keeps_everything_without_retention() -> None:
    """A `retention_period` without `retention_enabled` deletes nothing, as in Loki."""
    assert 0 == config.parse({"limits_config": {"retention_period": "24h"}}).limits.retention_period
    enabled = {
        "limits_config": {"retention_period": "24h"},
        "compactor": {"retention_enabled": True},
    }
    assert DAY == config.parse(enabled).limits.retention_period


def test_has_lokis_defaults() -> None:
    """Without a file everything is as Loki has it."""
    limits = config.Config().limits
    assert (4, 6, 5000, 256 << 10) == (
        limits.ingestion_rate_mb,
        limits.ingestion_burst_size_mb,
        limits.max_global_streams_per_user,
        limits.max_line_size,
    )
    assert (7 * DAY, HOUR) == (limits.reject_old_samples_max_age, limits.max_chunk_age // 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("auth_enabled: true", "`auth_enabled: true` needs several tenants"),
        ("limits_config: {max_line_size: big}", "`limits_config.max_line_size: big` is no size"),
        ("limits_config: {query_timeout: 5 parrots}", "is no duration; write it as `720h`"),
        (
            "limits_config: {max_query_series: many}",
            "`limits_config.max_query_series: many` is no number",
        ),
        ("limits_config: {reject_old_samples: 5}", "is neither `true` nor `false`"),
        ("server: {http_listen_port: loud}", "`server.http_listen_port: loud` is no number"),
    ],
)
def test_names_the_key_that_is_wrong(text: str, message: str) -> None:
    """A value that cannot be used is an error with the key in it."""
    with pytest.raises(config.ConfigError) as error:
        config.parse(yaml.safe_load(text))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"), [("a: [", "is no YAML"), ("- a", "holds no settings")]
)
def test_names_the_file_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    """A file that is no configuration is an error with its name in it."""
    file = tmp_path / "loki.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(config.ConfigError, match=f"{file}.*{message}"):
        config.read(file)
    with pytest.raises(config.ConfigError, match="cannot be read: No such file"):
        config.read(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("0s", 0), ("1h30m", 90 * 60 * 10**9), ("30d", 30 * DAY), ("1.5s", 1_500_000_000)],
)
def test_reads_durations(text: str, expected: int) -> None:
    """Durations are as Go and Prometheus write them."""
    assert expected == config.duration(text, "key")


def test_limits_are_known_by_lokis_names() -> None:
    """Each limit can be set in the file under its own name."""
    given = {"reject_old_samples": False, "max_query_series": 7, "discover_service_name": []}
    limits = config.parse({"limits_config": given, "ingester": {"max_chunk_age": "4h"}}).limits
    expected = Limits(
        reject_old_samples=False,
        max_query_series=7,
        discover_service_name=(),
        max_chunk_age=4 * HOUR,
    )
    assert expected == limits
