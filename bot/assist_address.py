"""Which addresses of a language model are accepted: those of machines that the council runs itself. Asks no network.

A name says nothing of where it leads, today or tomorrow, so names are accepted only where the operator lists them.
"""

from collections.abc import Collection
from ipaddress import ip_address, ip_network

import httpx

PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def check_address(url: str, allowed: Collection[str]) -> None:
    """Raises `ValueError` with how to mend it."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        found = httpx.URL("")
    if found.scheme not in ("http", "https") or not found.host:
        raise ValueError("write an address such as http://127.0.0.1:8080/v1")
    if found.userinfo or found.query or found.fragment:
        raise ValueError("write it without a password or question mark; a key goes into SAYSO_ASSIST_KEY")
    near = is_loopback(found.host)
    if not near and not _is_private(found.host) and found.host.lower() not in {each.lower() for each in allowed}:
        raise ValueError(
            f"{found.host} is neither this machine nor a private address. Answers may only go to a language model that "
            "your council runs itself: if this is one, name it in SAYSO_ASSIST_ALLOW too"
        )
    if not near and found.scheme != "https":
        raise ValueError("use https: only on this machine itself may answers travel unencrypted")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_private(host: str) -> bool:
    try:
        return any(ip_address(host) in each for each in PRIVATE)
    except ValueError:
        return False
