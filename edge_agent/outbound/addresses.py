"""Which addresses a stranger's URL may make the box connect to.

The box stands in a store's network; whoever may ask it to fetch a picture must not be able to
make it talk to the router, to another machine, to a cloud's metadata address or to itself.
"""

import ipaddress
from collections.abc import Sequence

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215


def may_connect(address: str, allowed_networks: Sequence[str] = ()) -> bool:
    """Whether a picture may be fetched from this address.

    Args:
        address: IPv4 or IPv6, as the resolver gave it.
        allowed_networks: in CIDR form; allowed although they are not public.
    """
    ip = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    for network in map(ipaddress.ip_network, allowed_networks):
        if ip.version == network.version and ip in network:
            return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _innermost(ip: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address carries to a translator, where it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64 or ip in _NAT64_LOCAL:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour or ip
