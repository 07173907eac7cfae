"""The embedded Loki: what it takes in, what it keeps on the disk, how fast it finds a word.

    python benchmarks/loki.py [--lines 10000000] [--kind mixed|words|hex] [--peer http://host:3100]

Lines of 120 bytes are pushed over HTTP (protobuf and snappy, `--batch` lines a push, 20 streams)
into a server that has one core; this program has the other ones. Then the server gets two cores and
is asked for a word that no line has, one that is rare, and one that is everywhere, and for counts.
Kinds: `mixed` is access logs, logfmt, JSON and Postgres lines with random numbers in them (the
like of a stack's logs), `words` random words out of 2,000, `hex` random digits, which nothing makes
much smaller than half.

In the same run and on the same bytes, for comparison: zstd (level 3, one core) as what compressing
alone costs, and a search of the uncompressed bytes in memory. `--peer` asks another Loki the same.
"""

import argparse
import os
import random
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path

import cramjam
import psutil

from batten.loki.ingest.protobuf import Push

STREAMS = 20
STEP_NS = 20_000  # between two lines: 50,000 a second
VARIED = 200_000
SETTINGS = """\
server: {{http_listen_port: {port}, log_level: error}}
common: {{path_prefix: {folder}}}
limits_config:
  ingestion_rate_mb: 1000
  ingestion_burst_size_mb: 1000
  per_stream_rate_limit: 1GB
  per_stream_rate_limit_burst: 1GB
  max_query_length: 0
"""
WORD = "zebra-crossing"
RARE_EVERY = 1_000_000
PATHS = ("/api/v1/orders", "/api/v1/users", "/api/v1/cart/items", "/static/app.js", "/healthz")
STATUS = (200, 200, 200, 304, 404, 500)
LEVELS = ("info", "info", "warn", "error", "debug")


def main() -> None:
    """Push, weigh, search; print a line for each."""
    options = _options()
    varied = list(lines(options.kind, VARIED))
    print(f"{options.lines:,} lines of {sum(map(len, varied)) / VARIED:.0f} bytes, {options.kind}")
    reference(varied)
    if options.folder:
        Path(options.folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        port = free_port()
        server = None if options.peer else start(Path(folder), port)
        url = options.peer or f"http://127.0.0.1:{port}"
        try:
            begin = time.time_ns() - options.lines * STEP_NS
            ingest(url, varied, begin, options, server)
            if server:
                weigh(server, Path(folder), options.lines)
                end(server)
                server = start(Path(folder), port, cores=[0, 1])
            search(url, begin, options.lines, server)
        finally:
            if server:
                end(server)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--batch", type=int, default=5000)
    parser.add_argument("--kind", choices=("mixed", "words", "hex"), default="mixed")
    parser.add_argument("--peer", help="ask another Loki instead, by its URL")
    parser.add_argument("--folder", help="where the data go for the time being")
    return parser.parse_args()


def lines(kind: str, number: int) -> Iterator[bytes]:
    """Lines of 120 bytes, each one different."""
    chance = random.Random(7)  # noqa: S311 - the same lines in every run
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(2000)]  # fmt: skip
    make = {"mixed": _mixed, "words": _words, "hex": _hex}[kind]
    for i in range(number):
        yield make(chance, words, i).ljust(120, ".")[:120].encode()


def _hex(chance: random.Random, _words: list[str], i: int) -> str:
    return f"line {i:09d} {chance.getrandbits(440):0110x}"


def _words(chance: random.Random, words: list[str], i: int) -> str:
    return f"line {i:09d} {' '.join(chance.choices(words, k=25))}"


def _mixed(chance: random.Random, words: list[str], i: int) -> str:
    clock = f"{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}"
    number, fraction, kind = chance.randrange(10**6), chance.random(), chance.random()
    rest = " ".join(chance.choices(words, k=8))
    if kind < 0.4:
        host = ".".join(str(chance.randrange(256)) for _ in range(4))
        asked = f'"GET {chance.choice(PATHS)}?id={number} HTTP/1.1" {chance.choice(STATUS)}'
        return f'{host} - - [23/Nov/2026:{clock} +0000] {asked} {number % 20000} "{rest}"'
    if kind < 0.7:
        head = f"level={chance.choice(LEVELS)} ts=2026-11-23T{clock}.{number}Z"
        trace = f"{chance.getrandbits(64):016x}"
        return f"{head} caller=handler.go:{number % 400} trace={trace} took={fraction:.4f} {rest}"
    if kind < 0.9:
        head = f'"level":"info","time":"2026-11-23T{clock}","user":{number}'
        return f'{{{head},"took":{fraction:.4f},"msg":"{rest}"}}'
    took = f"duration: {fraction * 100:.3f} ms  statement: CALL settle"
    return f"2026-11-23 {clock}.{i % 1000:03d} UTC [{number % 3000}] LOG:  {took} / {number} {rest}"


def reference(varied: list[bytes]) -> None:
    """What the bytes alone cost, whoever keeps them."""
    blob = b"\n".join(varied)
    begin = time.process_time()
    packed = cramjam.zstd.compress(blob, level=3)
    took = time.process_time() - begin
    begin = time.process_time()
    for _ in range(5):
        blob.find(WORD.encode())
    searched = (time.process_time() - begin) / 5
    print(
        f"  zstd alone: {len(packed) / VARIED:.1f} bytes a line, {VARIED / took / 1e3:,.0f} k lines a "
        f"CPU-s; search in memory: {VARIED / searched / 1e6:,.0f} M lines/s on one core"
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def end(server: psutil.Popen) -> None:
    """Stop a server."""
    server.terminate()
    server.wait(20)


def start(folder: Path, port: int, cores: Sequence[int] = (0,)) -> psutil.Popen:
    """Start a server with its data in `folder`, on these cores; ours are the others."""
    config = folder / "loki.yaml"
    config.write_text(SETTINGS.format(port=port, folder=folder), encoding="utf-8")
    command = [sys.executable, "-m", "batten.loki", f"-config.file={config}"]
    server = psutil.Popen(["taskset", "--cpu-list", ",".join(map(str, cores)), *command])
    psutil.Process().cpu_affinity(list(range(1, os.cpu_count() or 1)) or [0])
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1)
            break
        except OSError:
            time.sleep(0.1)
    return server


def bodies(varied: list[bytes], begin: int, number: int, batch: int) -> Iterator[bytes]:
    """Pushes: streams in turn, times rising, a rare word now and then."""
    for first in range(0, number, batch):
        push = Push()
        streams = [push.streams.add(labels=f'{{app="app{n}",host="one"}}') for n in range(STREAMS)]
        for i in range(first, min(first + batch, number)):
            entry = streams[i // 64 % STREAMS].entries.add(line=varied[i % VARIED])
            if i % RARE_EVERY == RARE_EVERY - 1:
                entry.line = entry.line[:80] + b" needle-in-the-haystack"
            seconds, nanos = divmod(begin + i * STEP_NS, 10**9)
            entry.timestamp.seconds, entry.timestamp.nanos = seconds, nanos
        for stream in [one for one in push.streams if not one.entries]:
            push.streams.remove(stream)
        yield bytes(cramjam.snappy.compress_raw(push.SerializeToString()))


def ingest(url: str, varied: list[bytes], begin: int, options: argparse.Namespace, server: psutil.Popen | None) -> None:  # fmt: skip
    """Push everything over one connection, one push after the other."""
    address = urllib.parse.urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port)
    headers = {"Content-Type": "application/x-protobuf"}
    waited, slowest = 0.0, 0.0
    before = sum(server.cpu_times()[:2]) if server else 0.0
    for body in bodies(varied, begin, options.lines, options.batch):
        asked = time.perf_counter()
        connection.request("POST", "/loki/api/v1/push", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        took = time.perf_counter() - asked
        waited, slowest = waited + took, max(slowest, took)
        if answer.status != 204:
            sys.exit(f"push answered {answer.status}: {text.decode()[:300]}")
    cpu = f", {options.lines / (sum(server.cpu_times()[:2]) - before) / 1e3:,.0f} k lines a CPU-s" if server else ""  # fmt: skip
    print(
        f"  ingest: {options.lines / waited / 1e3:,.0f} k lines/s while pushes were answered{cpu}, "
        f"slowest push {slowest * 1e3:.0f} ms"
    )


def weigh(server: psutil.Popen, folder: Path, number: int) -> None:
    """What lies on the disk, its log included, and what the server holds in memory."""
    size = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    print(f"  disk: {size / number:.1f} bytes a line; memory: peak {peak(server)} MB")


def peak(server: psutil.Popen) -> int:
    """The most memory the server had so far, in MB."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return (
        int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) >> 10
    )


def search(url: str, begin: int, number: int, server: psutil.Popen | None) -> None:
    """Ask, with two cores; the second of two times, when the files are in the page cache."""
    span = {"start": begin, "end": begin + number * STEP_NS + 1}
    whole = f"[{(number * STEP_NS) // 10**9 + 1}s]"
    queries = {
        "a word in no line, newest 100": (f'{{host="one"}} |= "{WORD}"', False),
        "a word in every millionth": ('{host="one"} |= "needle-in-the-haystack"', False),
        "a word in many, newest 100": ('{host="one"} |= "e"', False),
        "a word in no line, one stream": (f'{{app="app3"}} |= "{WORD}"', False),
        "a regular expression in none": ('{host="one"} |~ "zebra-(cross|walk)ing"', False),
        "count by a word": (f'sum(count_over_time({{host="one"}} |= "{WORD}" {whole}))', True),
        "count all": (f'sum by (app) (count_over_time({{host="one"}} {whole}))', True),
    }
    for about, (query, instant) in queries.items():
        parameters = {"query": query, "limit": 100}
        parameters |= {"time": span["end"]} if instant else span
        target = f"{url}/loki/api/v1/query{'' if instant else '_range'}?{urllib.parse.urlencode(parameters)}"
        print(f"  {about:32}{asked(target, server)}")
    if server:
        print(f"  memory: peak {peak(server)} MB")


def asked(target: str, server: psutil.Popen | None) -> str:
    """Ask twice and tell the second time."""
    for _ in range(2):
        before = sum(server.cpu_times()[:2]) if server else 0.0
        begin = time.perf_counter()
        try:
            with urllib.request.urlopen(target, timeout=120) as answer:  # noqa: S310 - http
                answer.read()
        except urllib.error.HTTPError as error:
            return f"{error.code}: {error.read().decode()[:100].strip()}"
        took = time.perf_counter() - begin
    cpu = f"  {sum(server.cpu_times()[:2]) - before:6.2f} CPU-s" if server else ""
    return f"{took:7.3f} s{cpu}"


if __name__ == "__main__":
    main()
