"""How many notes were ever written, in Redis."""

from typing import Self

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from backend.dependency import ask
from backend.settings import Settings

KEY = "notes:count"
ERRORS = (RedisError, OSError)


class Counter:
    """A number that only grows; it starts again when Redis evicts it."""

    def __init__(self, redis: Redis, timeout: float) -> None:
        self._redis = redis
        self._timeout = timeout

    @classmethod
    def connect(cls, settings: Settings) -> Self:
        """Prepare a client; it connects when it is used."""
        pool = BlockingConnectionPool(
            host=settings.redis_host,
            port=settings.redis_port,
            password=settings.redis_password or None,
            max_connections=settings.concurrency,
            timeout=settings.timeout,
            socket_connect_timeout=settings.timeout,
            socket_timeout=settings.timeout,
            # A pooled connection may be dead after Redis restarted: once more, on a new one.
            retry=Retry(NoBackoff(), retries=1),
            client_name="backend",
        )
        return cls(Redis(connection_pool=pool), settings.timeout)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose(close_connection_pool=True)

    async def ping(self) -> None:
        """Raise `Unavailable` unless Redis answers."""
        await ask("redis", self._redis.ping(), ERRORS, self._timeout)

    async def add(self) -> int:
        """Count one more and return the new number."""
        return int(await ask("redis", self._redis.incr(KEY), ERRORS, self._timeout))
