"""Why a registry does not give an image, in a few words."""

import re

_REASONS = (
    (r"no such host|server misbehaving|Temporary failure in name resolution", "`{}` is not found"),
    (r"connection refused", "`{}` refuses connections"),
    (r"network is unreachable|no route to host", "`{}` cannot be reached from here"),
    (r"timeout|deadline exceeded|Timeout exceeded|timed out", "`{}` does not answer"),
    (r"x509|certificate", "the certificate of `{}` is not trusted"),
    (r"server gave HTTP response to HTTPS client", "`{}` speaks no TLS"),
    (r"toomanyrequests|rate limit", "`{}` lets nobody pull that often; log in, or wait"),
    (r"manifest.*unknown|manifest for .* not found|tag does not exist", "there is no such tag"),
    (r"no matching manifest", "there is none for this machine's architecture"),
    (
        r"(?<!authorization )denied|unauthorized|authentication required",
        "there is none, or it wants `docker login`",
    ),
    (r"repository.*not found|name unknown", "there is no such repository"),
)


def plain_reason(reason: str, host: str) -> str:
    """What the engine quotes from a registry, as a person says it; its last words otherwise."""
    for pattern, words in _REASONS:
        if re.search(pattern, reason, re.IGNORECASE):
            return words.format(host)
    return reason.strip().splitlines()[0] if reason.strip() else f"`{host}` gave no reason"
