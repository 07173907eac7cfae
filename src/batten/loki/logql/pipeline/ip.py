"""`ip("10.0.0.0/8")`: addresses, networks and ranges of them, in lines and in labels."""

import ipaddress
import re

from batten.loki.logql.units import go_quote

_CANDIDATE = re.compile(r"[0-9A-Fa-f:.]{3,}")
_V4 = re.compile(r"[0-9][0-9.]*\.[0-9.]*")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class IpFilter:
    """Whether a text has an address that the pattern covers."""

    def __init__(self, pattern: str) -> None:
        try:
            self.first, self.last = _bounds(pattern)
        except ValueError:
            raise ValueError(f"ip: invalid pattern: {go_quote(pattern)}") from None

    def found_in(self, text: str) -> bool:
        """Look at everything in the text that reads like an address."""
        return any(self._covers(found[0]) for found in _CANDIDATE.finditer(text)) or any(
            self._covers(found[0]) for found in _V4.finditer(text)
        )

    def _covers(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return address.version == self.first.version and int(self.first) <= int(address) <= int(
            self.last
        )


def _bounds(pattern: str) -> tuple[Address, Address]:
    if "-" in pattern:
        left, _, right = pattern.partition("-")
        first, last = ipaddress.ip_address(left.strip()), ipaddress.ip_address(right.strip())
        if first.version != last.version or int(first) > int(last):
            raise ValueError(pattern)
        return first, last
    if "/" in pattern:
        network = ipaddress.ip_network(pattern, strict=False)
        return network[0], network[-1]
    address = ipaddress.ip_address(pattern)
    return address, address
