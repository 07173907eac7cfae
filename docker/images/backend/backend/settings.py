"""What the backend is told through its environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

SECOND = 1.0
MAX_TEXT = 64 * 1024  # bytes of one note


@dataclass(frozen=True)
class Settings:
    """Where the dependencies are, how to log in to them and how much to ask of them.

    `concurrency` is how many connections each dependency gets at most. A dependency has `timeout`
    seconds to answer; past it the request fails with 503 rather than wait on one that hangs.
    """

    postgres_host: str = "pgbouncer"
    postgres_port: int = 6432
    postgres_db: str = "batten"
    postgres_user: str = "batten"
    postgres_password: str = field(default="batten", repr=False)
    redis_host: str = "redis"
    redis_port: int = 6379
    redis_password: str = field(default="", repr=False)
    s3_endpoint: str = "http://minio:9000"
    s3_access_key: str = "batten"
    s3_secret_key: str = field(default="batten-development", repr=False)
    s3_bucket: str = "notes"
    s3_region: str = "us-east-1"
    listen_port: int = 8000
    concurrency: int = 20
    timeout: float = 5 * SECOND

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read each setting from the variable of its name in capitals; unset means the default.

        Raises ValueError, naming the variable, when a number is not a number.
        """
        given: dict[str, Any] = {}
        for name, kind in cls.__annotations__.items():
            if value := environment.get(name.upper()):
                given[name] = _parse(name.upper(), value, kind)
        return cls(**given)


def _parse(variable: str, value: str, kind: Callable[[str], Any]) -> Any:  # noqa: ANN401
    try:
        return kind(value)
    except ValueError:
        message = f"`{variable}` is not a number: {value}"
        raise ValueError(message) from None
