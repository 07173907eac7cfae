"""What goes into the stack stays in it, through each of its services."""

import json
import subprocess
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import boto3
import botocore.client
import botocore.exceptions
import psycopg
import pytest
import redis

pytestmark = pytest.mark.engine

Stack = Any  # the fixture of the folder's conftest


def request(stack: Stack, path: str, text: str | None = None) -> Any:  # noqa: ANN401  # JSON
    """Ask the backend through Caddy."""
    url = f"http://127.0.0.1:{stack.port('HTTP')}{path}"
    body = text.encode() if text is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=30) as answer:
        return json.load(answer)


def postgres(
    stack: Stack, port: str, password: str | None = None
) -> "psycopg.Connection[tuple[Any, ...]]":
    """A client of Postgres, straight or through PgBouncer."""
    return psycopg.connect(
        host="127.0.0.1",
        port=stack.port(port),
        user="batten",
        password=password or stack.variables["POSTGRES_PASSWORD"],
        dbname="batten",
        connect_timeout=20,
        autocommit=True,
        prepare_threshold=None,
    )


def s3(stack: Stack, secret: str | None = None) -> Any:  # noqa: ANN401  # boto3 has no types
    """An ordinary S3 client."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{stack.port('S3')}",
        aws_access_key_id="batten",
        aws_secret_access_key=secret or stack.variables["MINIO_ROOT_PASSWORD"],
        region_name="us-east-1",
        config=botocore.client.Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def cache(stack: Stack) -> "redis.Redis":
    """A client of Redis."""
    return redis.Redis("127.0.0.1", stack.port("REDIS"), password=stack.variables["REDIS_PASSWORD"])


def test_one_request_goes_through_everything(stack: Stack) -> None:
    """Caddy, backend, PgBouncer, Postgres, Redis, S3: written by one request, found in each."""
    before = request(stack, "/notes", "first")
    made = request(stack, "/notes", "hello")
    with postgres(stack, "POSTGRES") as connection:
        rows = connection.execute("select text from notes where id = %s", [made["id"]]).fetchall()
    stored = s3(stack).get_object(Bucket="notes", Key=made["object"])["Body"].read()
    assert rows == [("hello",)]
    assert stored == b"hello"
    assert made["count"] == before["count"] + 1
    assert request(stack, f"/notes/{made['id']}")["text"] == "hello"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [("/notes", "", 400), ("/notes", "x" * (2 << 20), 413), ("/notes/nobody", None, 404)],
)
def test_bad_requests_are_answered_as_such(
    stack: Stack, path: str, body: str | None, code: int
) -> None:
    """A client's mistake is a 4xx with a reason, never a 500."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        request(stack, path, body)
    assert code == caught.value.code
    assert json.load(caught.value)["error"]


def test_two_hundred_clients_share_the_pool(stack: Stack) -> None:
    """All are served at once while Postgres never has more than the pool's connections."""
    gate = Barrier(200)

    def ask(number: int) -> int:
        with postgres(stack, "PGBOUNCER") as connection:
            gate.wait(timeout=60)
            row = connection.execute("select %s + 0 * length(pg_sleep(0.05)::text)", [number])
            return int((row.fetchone() or [0])[0])

    with ThreadPoolExecutor(max_workers=200) as pool:
        answers = list(pool.map(ask, range(200)))
    with postgres(stack, "POSTGRES") as connection:
        used, most = connection.execute(
            "select count(*), current_setting('max_connections')::int from pg_stat_activity "
            "where backend_type = 'client backend'"
        ).fetchone() or (0, 0)
    assert answers == list(range(200))
    assert 0 < used <= 90 < most


def test_redis_evicts_instead_of_growing(stack: Stack) -> None:
    """Past `maxmemory` it drops keys and lives; the kernel never has to kill it."""
    client = cache(stack)
    most = int(client.info("memory")["maxmemory"])
    value = b"x" * (1 << 20)
    for number in range(most // len(value) + 100):
        client.set(f"fill:{number}", value)
    info = client.info()
    client.flushdb()
    found = json.loads(stack.batten("status", "--format", "json").stdout)
    (service,) = (one for one in found["services"] if one["service"] == "redis")
    assert most == 512 << 20
    # Redis checks before it writes: one value more than the limit is its own tolerance.
    assert info["used_memory"] <= most + 2 * len(value)
    assert info["evicted_keys"] > 0
    assert (service["health"], service["oom_kills"], service["restarts"]) == ("healthy", 0, 0)


def test_an_ordinary_client_puts_and_gets(stack: Stack) -> None:
    """Small and multipart objects, byte for byte, and a listing that has them."""
    client = s3(stack)
    large = bytes(range(256)) * (20 << 12)
    client.put_object(Bucket="notes", Key="test/small", Body=b"small")
    upload = client.create_multipart_upload(Bucket="notes", Key="test/large")["UploadId"]
    half = len(large) // 2
    parts = [
        {
            "PartNumber": number,
            "ETag": client.upload_part(
                Bucket="notes", Key="test/large", UploadId=upload, PartNumber=number, Body=part
            )["ETag"],
        }
        for number, part in ((1, large[:half]), (2, large[half:]))
    ]
    client.complete_multipart_upload(
        Bucket="notes", Key="test/large", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    listed = client.list_objects_v2(Bucket="notes", Prefix="test/")["Contents"]
    assert {"test/small", "test/large"} == {entry["Key"] for entry in listed}
    assert client.get_object(Bucket="notes", Key="test/small")["Body"].read() == b"small"
    assert client.get_object(Bucket="notes", Key="test/large")["Body"].read() == large


def test_passwords_are_asked_for(stack: Stack) -> None:
    """Postgres, PgBouncer, Redis and S3 each refuse a wrong one."""
    for port in ("POSTGRES", "PGBOUNCER"):
        with pytest.raises(psycopg.OperationalError, match=r"password|auth"):
            postgres(stack, port, "wrong")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis("127.0.0.1", stack.port("REDIS")).ping()
    with pytest.raises(botocore.exceptions.ClientError, match=r"Signature|AccessDenied|403"):
        s3(stack, "wrong" * 8).list_buckets()


def test_data_survives_down_and_up(stack: Stack) -> None:
    """Containers go, rows, objects and counts stay; a second `up` then changes nothing."""
    made = request(stack, "/notes", "survivor")
    down = stack.batten("down")
    gone = _containers(stack)
    stack.up()
    back = request(stack, f"/notes/{made['id']}")
    after = request(stack, "/notes", "later")
    first = _containers(stack)
    stack.up()
    assert "its data stays" in down.stderr
    assert gone == []
    assert (back["text"], back["object"]) == ("survivor", "survivor")
    assert after["count"] == made["count"] + 1
    assert _containers(stack) == first


def _containers(stack: Stack) -> list[str]:
    """Ids of the stack's containers, in every state."""
    done = subprocess.run(
        ["docker", "ps", "-aq", "--no-trunc", "--filter", f"name={stack.container('')[:-3]}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(done.stdout.split())
