"""Who is told, of what, and how patiently."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTarget:
    """One host that is told.

    Attributes:
        name: in the log, in metrics and in the queue.
        url: https, or http where `plain`; may hold a secret.
        key: signs every message.
        kinds: of events that are sent; None: all of them.
        plain: whether http will do.
        ca_file: PEM file of who vouches for the host; None takes what the machine trusts.
        ca_pem: the same as text; empty where there is none.
        networks: in CIDR form, that are not public and yet allowed.
        timeout: seconds for one try.
        keep_ms: an event that was not taken for so long is dropped.
        most: events that wait; of more the oldest are dropped.
        added_ms: when it was added while the box ran; None: the configuration names it.
    """

    name: str
    url: str = field(repr=False)
    key: bytes = field(repr=False)
    kinds: frozenset[str] | None = None
    plain: bool = False
    ca_file: Path | None = None
    ca_pem: str = ""
    networks: tuple[str, ...] = ()
    timeout: float = 10.0
    keep_ms: int = 3 * 86_400_000
    most: int = 100_000
    added_ms: int | None = None
