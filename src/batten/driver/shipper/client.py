"""Pushing a body to one Loki over HTTP."""

import ssl
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import urllib3

from batten.driver.options import Options
from batten.driver.shipper.answer import NO_ANSWER, Answer
from batten.driver.shipper.resolver import Resolver

# As much of an answer as is worth keeping.
_TEXT = 16 << 10
_CONNECT_S = 5.0
# More connections than pushes go at once are of no use.
_CONNECTIONS = 4


def own_version() -> str:
    """The version of the package, where it is installed as one."""
    try:
        return version("batten")
    except PackageNotFoundError:
        return "unpackaged"


class Client:
    """Pushes with the address, credentials, tenant, TLS and proxy of a container's options."""

    def __init__(self, options: Options, resolver: Resolver) -> None:
        self._address = urlsplit(options.url)
        self._resolver = resolver
        self._headers = _headers(options)
        self._timeout = urllib3.Timeout(
            connect=min(options.timeout_s, _CONNECT_S), read=options.timeout_s
        )
        self._options = options
        self._made: urllib3.PoolManager | None = None

    def push(self, body: bytes) -> Answer:
        """Send one request, snappy and all. Never raises for what the other side does."""
        began = time.monotonic()
        try:
            status, headers, text = self._send(body)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as wrong:
            self._resolver.forget()
            self._made = None  # certificates may have been renewed
            return Answer(NO_ANSWER, self._reason(wrong), took_s=time.monotonic() - began)
        wait = headers.get("Retry-After", "")
        return Answer(
            status,
            text.decode(errors="replace"),
            float(wait) if wait.isdigit() else None,
            time.monotonic() - began,
        )

    def where(self) -> str:
        """What the host of `loki-url` was resolved to, for the status."""
        found = self._resolver.find()
        return f"{found.address} ({found.how})"

    def _send(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        answer = self._pools().request(
            "POST",
            self._target(),
            body=body,
            headers=self._headers,
            timeout=self._timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        text = answer.read(_TEXT)
        if len(text) < _TEXT:
            answer.drain_conn()
        else:
            answer.close()
        answer.release_conn()
        return answer.status, answer.headers, text

    def _pools(self) -> urllib3.PoolManager:
        if self._made is None:
            self._made = _pools(self._options, self._address.hostname or "")
        return self._made

    def _target(self) -> str:
        if self._options.proxy:
            return self._address.geturl()
        host = self._resolver.find().address
        host = f"[{host}]" if ":" in host else host
        port = f":{self._address.port}" if self._address.port else ""
        return self._address._replace(netloc=host + port).geturl()

    def _reason(self, wrong: Exception) -> str:
        """What went wrong, without urllib3's own objects in it, and without a proxy's password."""
        cause: BaseException = wrong
        while isinstance(cause, urllib3.exceptions.HTTPError) and cause.__cause__:
            cause = cause.__cause__
        text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        text = text.rpartition(">, ")[2].rpartition("): ")[2] or type(cause).__name__
        at = self._resolver.find().address
        return f"`{self._address.hostname}` ({at}) cannot be reached: {text}"


def _headers(options: Options) -> dict[str, str]:
    address = urlsplit(options.url)
    headers = {
        "Content-Type": "application/x-protobuf",
        "User-Agent": f"batten-log-driver/{own_version()}",
        "Host": address.netloc,
    }
    if options.tenant:
        headers["X-Scope-OrgID"] = options.tenant
    if options.user or options.password:
        pair = f"{options.user}:{options.password}"
        headers |= urllib3.make_headers(basic_auth=pair)
    return headers


def _pools(options: Options, host: str) -> urllib3.PoolManager:
    settings: dict[str, Any] = {"maxsize": _CONNECTIONS}
    if options.url.startswith("https:"):
        name = options.tls.server_name or host
        settings["server_hostname"] = name
        settings["assert_hostname"] = False if options.tls.skip_verify else name
        settings["ssl_context"] = _context(options)
    if not options.proxy:
        return urllib3.PoolManager(**settings)
    proxy = urlsplit(options.proxy)
    pair = f"{proxy.username or ''}:{proxy.password or ''}"
    headers = urllib3.make_headers(proxy_basic_auth=pair) if proxy.username else {}
    address = proxy._replace(netloc=proxy.netloc.rpartition("@")[2]).geturl()
    return urllib3.ProxyManager(address, proxy_headers=headers, **settings)


def _context(options: Options) -> ssl.SSLContext:
    tls = options.tls
    context = ssl.create_default_context(cafile=tls.ca_file or None)
    if tls.skip_verify:
        # Whoever wrote the option knows; it need not be said at each push.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert_file:
        context.load_cert_chain(tls.cert_file, tls.key_file)
    return context
