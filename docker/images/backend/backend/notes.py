"""The rows of the notes, in Postgres."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, Self, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from backend.dependency import ask
from backend.settings import SECOND, Settings

# Two backends may start at once, and CREATE TABLE IF NOT EXISTS is not safe against itself:
# the lock makes the second wait. It belongs to the transaction, as PgBouncer's pooling asks.
CREATE_TABLE = """
SELECT pg_advisory_xact_lock(hashtext('backend.notes'));
CREATE TABLE IF NOT EXISTS notes (
    id uuid PRIMARY KEY,
    text text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS notes_created ON notes (created DESC);
"""
GET = "SELECT id, text, created FROM notes WHERE id = %s"
LATEST = "SELECT id, text, created FROM notes ORDER BY created DESC LIMIT %s"
ERRORS = (psycopg.Error, PoolTimeout)
T = TypeVar("T")


@dataclass(frozen=True)
class Note:
    """One note as its row has it."""

    id: UUID
    text: str
    created: datetime


class Notes:
    """The table of notes, read and written through PgBouncer."""

    def __init__(self, pool: AsyncConnectionPool, timeout: float) -> None:
        self._pool = pool
        self._timeout = timeout
        self._has_table = False

    @classmethod
    def connect(cls, settings: Settings) -> Self:
        """Prepare a pool; it connects when it is opened, in the background."""
        pool = AsyncConnectionPool(
            kwargs={
                "host": settings.postgres_host,
                "port": settings.postgres_port,
                "dbname": settings.postgres_db,
                "user": settings.postgres_user,
                "password": settings.postgres_password,
                "connect_timeout": int(settings.timeout),
                "application_name": "backend",
                # A network that swallows packets is noticed within seconds, not hours.
                "tcp_user_timeout": 10_000,
                "keepalives_idle": 10,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "prepare_threshold": None,  # transactions of one client land on many servers
            },
            min_size=1,
            max_size=settings.concurrency,
            timeout=settings.timeout,
            # After an outage, ask again soon; the next request starts a new try in any case.
            reconnect_timeout=2 * SECOND,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        return cls(pool, settings.timeout)

    async def open(self) -> None:
        """Start connecting; does not wait for Postgres."""
        await self._pool.open()

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close(timeout=self._timeout)

    async def ping(self) -> None:
        """Raise `Unavailable` unless a query comes back."""
        await self._ask(self._execute("SELECT 1"))

    async def add(self, note_id: UUID, text: str) -> Note:
        """Write a row and read it back in a transaction of its own."""
        await self._create_table()
        await self._ask(
            self._execute("INSERT INTO notes (id, text) VALUES (%s, %s)", (note_id, text))
        )
        note = await self.get(note_id)
        if note is None:  # committed, so it is there unless somebody deletes rows by hand
            raise LookupError(note_id)
        return note

    async def get(self, note_id: UUID) -> Note | None:
        """Read one row; None when there is none."""
        found = await self._select(GET, note_id)
        return found[0] if found else None

    async def latest(self, count: int) -> list[Note]:
        """Read the newest rows, newest first."""
        return await self._select(LATEST, count)

    async def _select(self, query: LiteralString, value: object) -> list[Note]:
        await self._create_table()
        return await self._ask(self._fetch(query, (value,)))

    async def _create_table(self) -> None:
        if not self._has_table:
            await self._ask(self._execute(CREATE_TABLE))
            self._has_table = True

    async def _execute(self, query: LiteralString, values: Sequence[object] | None = None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(query, values)

    async def _fetch(self, query: LiteralString, values: Sequence[object]) -> list[Note]:
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Note)) as cursor,
        ):
            await cursor.execute(query, values)
            return await cursor.fetchall()

    async def _ask(self, work: Awaitable[T]) -> T:
        return await ask("postgres", work, ERRORS, self._timeout)
