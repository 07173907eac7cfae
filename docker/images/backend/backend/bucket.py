"""The texts of the notes, as objects in an S3 bucket.

`python -m backend.bucket` creates the bucket, on any S3 server, and is content with one that
is there already.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, Self, TypeVar
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from backend import logs
from backend.dependency import Unavailable, ask, first_line
from backend.settings import Settings

OURS_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
MISSING = {"NoSuchKey", "404"}
ERRORS = (BotoCoreError, ClientError)
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend")


class Bucket:
    """A bucket of texts; the client is boto3's, whose calls run in threads."""

    def __init__(self, client: Any, name: str, timeout: float) -> None:  # noqa: ANN401
        self._client = client
        self._name = name
        self._timeout = timeout

    @classmethod
    def connect(cls, settings: Settings) -> Self:
        """Prepare a client; it connects when it is used."""
        client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            aws_access_key_id=settings.s3_access_key,
            aws_secret_access_key=settings.s3_secret_key,
            region_name=settings.s3_region,
            config=Config(
                connect_timeout=settings.timeout,
                read_timeout=settings.timeout,
                retries={"total_max_attempts": 2},
                max_pool_connections=settings.concurrency,
                s3={"addressing_style": "path"},  # the buckets have no host names of their own
                # Checksums that are not asked for are not known to every S3 server.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        return cls(client, settings.s3_bucket, settings.timeout)

    async def ping(self) -> None:
        """Raise `Unavailable` unless the bucket is there."""
        await self._ask(self._client.head_bucket, Bucket=self._name)

    async def put(self, note_id: UUID, text: str) -> str:
        """Store a text and return the key of its object."""
        key = f"notes/{note_id}.txt"
        await self._ask(
            self._client.put_object,
            Bucket=self._name,
            Key=key,
            Body=text.encode(),
            ContentType="text/plain; charset=utf-8",
        )
        return key

    async def get(self, note_id: UUID) -> str | None:
        """Read a text back; None when its object is gone."""
        return await self._ask(self._read, f"notes/{note_id}.txt")

    async def _ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = asyncio.to_thread(call, *args, **kwargs)
        return await ask("s3", work, ERRORS, self._timeout)

    def _read(self, key: str) -> str | None:
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise
        return str(answer["Body"].read().decode())

    def create(self) -> bool:
        """Create the bucket; False when it was there already."""
        try:
            self._client.create_bucket(Bucket=self._name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in OURS_ALREADY:
                raise Unavailable("s3", first_line(error)) from error
            return False
        except BotoCoreError as error:
            raise Unavailable("s3", first_line(error)) from error
        return True


def main() -> int:
    """Create the bucket; 0 when it is there afterwards, else 1."""
    logs.configure()
    settings = Settings.from_environment()
    try:
        created = Bucket.connect(settings).create()
    except Unavailable as error:
        log.critical("%s", error)
        return 1
    log.info("bucket `%s` %s", settings.s3_bucket, "created" if created else "was there already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
