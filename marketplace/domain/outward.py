"""Whom the house may call at an address that a stranger named: the open internet, never its own surroundings.

A brand names where its messages are sent to and where its photographs lie. Whoever may name an address to a server can
otherwise make it knock at doors that only the server reaches: its own stores, its neighbours, and the page from which
a cloud's machine learns its credentials (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from marketplace.domain.refusals import Refusal

URL_LENGTH_MAX = 2_000
HOST_LENGTH_MAX = 253
HTTPS_PORT = 443
PORTS = frozenset((HTTPS_PORT, 8443))
"""Ports at which strangers answer over TLS; no other is knocked at."""

_NEVER = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",  # the one public address at which Azure's machines ask for their own secrets
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata among them
        "192.88.99.0/24",  # relays into IPv6
        "64:ff9b::/96",  # IPv4 seen through a translator: it would lead back inside
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and its kin
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",  # the old site-local
    )
)
"""What Python takes for the open internet, or did in some version, and the house does not."""


class AddressRefused(Refusal):
    """The house does not call this address; ``reason`` says why.

    Reasons: ``unreadable``, ``not_https``, ``names_somebody``, ``port``, ``unknown_host``, ``not_public``.
    """

    code = "address_refused"


class Fault(StrEnum):
    """What went wrong with a call that was allowed: the text of the ``GatewayTrouble`` that says so."""

    NO_CONNECTION = "no_connection"
    TLS = "tls"
    SLOW = "slow"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: which host, on which port, and what to ask of it (path and query)."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port, as the ``Host`` header writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (HTTPS_PORT if self.secure else 80) else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """Whether ``address`` (IPv4 or IPv6, as text) belongs to the open internet; one that hides another is not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found.ipv4_mapped is not None or found.scope_id is not None
    ):
        return False
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    return not any(found.version == each.version and found in each for each in _NEVER)


def place_of(url: str, *, anywhere: bool = False) -> Place:
    """``url`` taken apart, if it has the form of an address that may be called; AddressRefused otherwise.

    ``anywhere`` also takes plain http and any port: for machines on which both sides are one's own. Which addresses
    the host's name stands for is asked later, each time.
    """
    if not 0 < len(url) <= URL_LENGTH_MAX or not url.isascii() or not url.isprintable():
        raise AddressRefused(reason="unreadable")
    if " " in url or "\\" in url:
        raise AddressRefused(reason="unreadable")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError as no:
        raise AddressRefused(reason="unreadable") from no
    if parts.scheme != "https" and not (anywhere and parts.scheme == "http"):
        raise AddressRefused(reason="not_https")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(reason="names_somebody")
    if not 0 < len(host) <= HOST_LENGTH_MAX:
        raise AddressRefused(reason="unreadable")
    secure = parts.scheme == "https"
    chosen = port if port is not None else (HTTPS_PORT if secure else 80)
    if not anywhere and chosen not in PORTS:
        raise AddressRefused(reason="port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, host, chosen, path)
