import base64
import ssl
import subprocess
from pathlib import Path

import pytest
from tests.driver.shipper.conftest import StandIn

from batten.driver.options import parse
from batten.driver.shipper.answer import Answer, What
from batten.driver.shipper.client import Client
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.resolver import Resolver

EMPTY = b"\x00"  # snappy's way of saying nothing


def push(url: str, **options: str) -> Answer:
    """Push nothing with these options."""
    config = {"loki-url": url} | {key.replace("_", "-"): text for key, text in options.items()}
    found = parse(config, {"ContainerID": "c" * 64, "ContainerName": "/web"})
    host = url.partition("://")[2].rpartition("@")[2].partition(":")[0]
    return Client(found, Resolver(host, "", Engine("/nowhere"))).push(EMPTY)


def test_credentials_and_tenant(loki: StandIn) -> None:
    """User and password of the address, percent-decoded, become basic authentication."""
    url = loki.url.replace("://", "://ann:p%40ss@")
    assert What.DONE == push(url, loki_tenant_id="blue").what
    headers = loki.pushes[0].headers
    assert "Basic " + base64.b64encode(b"ann:p@ss").decode() == headers["Authorization"]
    assert "blue" == headers["X-Scope-Orgid"]
    assert headers["User-Agent"].startswith("batten-log-driver/")


def test_a_proxy_is_asked_for_the_address_as_written(loki: StandIn) -> None:
    """The proxy resolves the name, and gets its own credentials."""
    proxy = loki.url.replace("://", "://bob:secret@").removesuffix("/loki/api/v1/push")
    answer = push("http://loki.invalid:3100/loki/api/v1/push", loki_proxy_url=proxy)
    assert What.DONE == answer.what
    headers = loki.pushes[0].headers
    assert "http://loki.invalid:3100/loki/api/v1/push" == headers[":path"]
    assert "Basic " + base64.b64encode(b"bob:secret").decode() == headers["Proxy-Authorization"]


def test_nobody_there_is_an_answer_too() -> None:
    """What the network says is told without a password that the address may hold."""
    answer = push("http://ann:hidden@127.0.0.1:1/loki/api/v1/push")
    assert What.AWAY == answer.what
    assert "`127.0.0.1` (127.0.0.1) cannot be reached: Connection refused" == answer.said()


def test_a_name_that_does_not_exist() -> None:
    """A wrong name reads as one."""
    answer = push("http://loki.invalid:3100/loki/api/v1/push")
    assert What.AWAY == answer.what
    assert answer.said().startswith("`loki.invalid` (loki.invalid) cannot be reached: ")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `loki.test` that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=loki.test", "-addext", "subjectAltName=DNS:loki.test"]
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return cert, key


def test_tls_names_authorities_and_certificates(certificate: tuple[Path, Path]) -> None:
    """A server is believed with the right authority and name; it can ask who we are."""
    cert, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(cert)
    context.verify_mode = ssl.CERT_REQUIRED
    loki = StandIn(context)
    url = loki.url.replace("http:", "https:")
    own = {"loki_tls_cert_file": str(cert), "loki_tls_key_file": str(key)}
    right = own | {"loki_tls_ca_file": str(cert)}
    try:
        assert "certificate verify failed" in push(url, **own).said()
        assert What.AWAY == push(url, **right).what  # its name is not 127.0.0.1
        assert What.DONE == push(url, **right, loki_tls_server_name="loki.test").what
        assert What.DONE == push(url, **own, loki_tls_insecure_skip_verify="true").what
        assert What.AWAY == push(url, loki_tls_insecure_skip_verify="true").what
    finally:
        loki.close()
