"""Which names this pedal answers to, and which pages may speak to it. Pure functions.

A web page on the open internet can make its own name resolve to the pedal's address (DNS rebinding), or send the
player's browser here with the player's cookie. The first is caught by the Host header, the second by Origin.
"""

import ipaddress
import re
from urllib.parse import urlsplit

OWN_NAMES = frozenset({"localhost", "pedal.local"})

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9.-]*)(?::[0-9]{1,5})?")


def host_name(header: str) -> str | None:
    """The name or address in a Host header, lower case, without port, brackets or last dot; ``None`` if malformed."""
    match = _HOST.fullmatch(header.lower())
    if match is None:
        return None
    return match["name"].strip("[]").removesuffix(".")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def host_allowed(header: str, names: frozenset[str], local_address: str | None) -> bool:
    """Whether a request with this Host header is meant for this pedal.

    ``names``: further names, lower case. ``local_address``: the address on which the connection came in, so every
    address of this machine counts, also one that it got a minute ago, and no other.
    """
    name = host_name(header)
    if name is None:
        return False
    if name in OWN_NAMES or name in names:
        return True
    literal = _address(name)
    return literal is not None and local_address is not None and literal == _address(local_address)


def origin_allowed(origin: str, host_header: str) -> bool:
    """Whether the page that sends this was served under the very name and port it now speaks to."""
    parts = urlsplit(origin) if origin.isprintable() else urlsplit("")
    bare = not (parts.path or parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bare and parts.netloc.lower() == host_header.lower()
