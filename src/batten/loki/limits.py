"""What a sender may send and a query may ask, by Loki's own names and defaults.

The defaults are those of Loki 3.4's `limits_config`; times are in nanoseconds, sizes in bytes.
"""

from dataclasses import dataclass

SECOND = 10**9
HOUR = 3600 * SECOND
DAY = 24 * HOUR
MB = 1 << 20

SERVICE_NAMES = (
    "service",
    "app",
    "application",
    "app_name",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "k8s_container_name",
    "component",
    "workload",
    "job",
    "k8s_job_name",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`limits_config`, as far as this server honours it, and what lies elsewhere in Loki's file."""

    # what is taken in
    ingestion_rate_mb: float = 4.0
    ingestion_burst_size_mb: float = 6.0
    per_stream_rate_limit: int = 3 * MB
    per_stream_rate_limit_burst: int = 15 * MB
    max_global_streams_per_user: int = 5000
    max_line_size: int = 256 << 10
    max_line_size_truncate: bool = False
    max_label_name_length: int = 1024
    max_label_value_length: int = 2048
    max_label_names_per_series: int = 15
    reject_old_samples: bool = True
    reject_old_samples_max_age: int = 7 * DAY
    creation_grace_period: int = 10 * 60 * SECOND
    increment_duplicate_timestamp: bool = False
    allow_structured_metadata: bool = True
    max_structured_metadata_size: int = 64 << 10
    max_structured_metadata_entries_count: int = 128
    discover_service_name: tuple[str, ...] = SERVICE_NAMES
    discover_log_levels: bool = True
    # what may be asked
    max_entries_limit_per_query: int = 5000
    max_query_series: int = 500
    max_query_length: int = 721 * HOUR
    max_query_lookback: int = 0
    max_query_range: int = 0
    max_streams_matchers_per_query: int = 1000
    max_concurrent_tail_requests: int = 10
    volume_enabled: bool = True
    volume_max_series: int = 1000
    query_timeout: int = 60 * SECOND
    # how long it is kept; 0 is for ever
    retention_period: int = 0
    # of `ingester`: half of it is how far behind its stream's newest line a line may be
    max_chunk_age: int = 2 * HOUR
    # of `ingester`: a stream without lines for so long is no longer active
    chunk_idle_period: int = 30 * 60 * SECOND
