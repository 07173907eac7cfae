"""Keys of log lines as label names."""

import re
from functools import lru_cache

_FORBIDDEN = re.compile(r"[^A-Za-z0-9_]")


@lru_cache(maxsize=8192)
def label_name(key: str) -> str:
    """A name of its own: `8.status` becomes `_8_status`."""
    key = key.strip()
    if key[:1].isdigit() and key[:1].isascii():
        key = "_" + key
    return _FORBIDDEN.sub("_", key)


@lru_cache(maxsize=8192)
def nested_name(prefix: str, key: str) -> str:
    """A name inside an object: `request` and `status` become `request_status`."""
    if not prefix:
        return label_name(key)
    return f"{prefix}_{_FORBIDDEN.sub('_', key.strip())}"


def cleaned(value: str) -> str:
    """A value without what could not be decoded."""
    return value.replace("\ufffd", " ") if "\ufffd" in value else value
