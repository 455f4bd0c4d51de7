"""Who asks, and by which address the box was reached."""

import re
from dataclasses import dataclass

from edge_agent.wire.links import LinkSigner

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's asker.

    Attributes:
        asker: for the audit log: the kind and the id of its key.
        links: makes links under the address that the request came to.
    """

    asker: str
    links: LinkSigner


def base_of(scheme: str, host: str) -> str:
    """What links begin with, from the request's own Host; empty where it is none."""
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""
