"""Which network addresses a check may be led to: only those that anybody on the internet could reach."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Addresses that carry an IPv4 address inside, which is where the packets go in the end.
TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """False for loopback, link-local, private, shared, multicast and reserved addresses, also inside IPv6 ones."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _meant(found))


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in TRANSLATED:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]
