"""Host names and addresses: those of this box, and whether a certificate is good for one."""

import fcntl
import ipaddress
import re
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

_SIOCGIFADDR = 0x8915
"""netdevice(7): the IPv4 address of an interface."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_HERE = ("localhost", "127.0.0.1", "::1")


def names_of_box(box_id: str, listening: str) -> frozenset[str]:
    """Every name and address by which this box may be asked, as far as it can know.

    Addresses of interfaces are read without netlink, which the service may not use.

    Args:
        box_id: a name that the store's DNS may have for it.
        listening: `http.host`; only where it is 0.0.0.0 or :: the interfaces' addresses count.

    Returns:
        names in lower case, and addresses in their shortest form; all fit for a certificate.
    """
    hostname = socket.gethostname()
    named = [*_HERE, box_id, hostname, f"{hostname.partition('.')[0]}.local"]
    found = as_address(listening)
    everywhere = found is not None and found.is_unspecified
    named += [*_ipv4_addresses(), *_ipv6_addresses()] if everywhere else [listening]
    return frozenset(fit_names(named))


def fit_names(names: Iterable[str]) -> list[str]:
    """The names in the form that certificates hold; those that none can hold are left out."""
    found = []
    for name in names:
        address = as_address(name)
        if address is not None:
            found.append(str(address))
        elif _is_host_name(name.lower()):
            found.append(name.lower())
    return found


def as_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an IP address; None where it is none."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def covers(names: Iterable[str], host: str) -> bool:
    """Whether one of a certificate's names is this host; `*` stands for one whole first label.

    Args:
        names: as `fit_names` gives them, or with a wildcard (RFC 6125, 6.4.3).
        host: name or address, without brackets and port.
    """
    address = as_address(host)
    wanted = str(address) if address is not None else host.lower()
    _, dot, domain = wanted.partition(".")
    wildcard = f"*.{domain}" if dot and address is None else wanted
    return any(name in (wanted, wildcard) for name in names)


def _is_host_name(name: str) -> bool:
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))  # noqa: PLR2004 - RFC 1035


def _ipv4_addresses() -> list[str]:
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for interface in _interfaces():
            try:
                asked = struct.pack("256s", interface.encode()[:15])
                told = fcntl.ioctl(probe, _SIOCGIFADDR, asked)
            except OSError:
                continue  # it has none, or has gone since
            found.append(socket.inet_ntoa(told[20:24]))
    return found


def _interfaces() -> list[str]:
    try:
        return sorted(entry.name for entry in Path("/sys/class/net").iterdir())
    except OSError:
        return []


def _ipv6_addresses() -> list[str]:
    """Those that a certificate can name: a link-local address is good with its interface alone."""
    try:
        lines = Path("/proc/net/if_inet6").read_text("ascii").splitlines()
    except OSError:
        return []
    addresses = [ipaddress.IPv6Address(int(line.split()[0], 16)) for line in lines]
    return [str(address) for address in addresses if not address.is_link_local]
