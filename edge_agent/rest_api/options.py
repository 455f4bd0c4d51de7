"""What can be tuned at the HTTP door."""

from dataclasses import dataclass, field

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """The HTTP door.

    Attributes:
        host: address to listen on; 0.0.0.0 listens on every IPv4 address of the box.
        port: to listen on; 0 takes a free one.
        token: who shows it as `Authorization: Bearer …` may ask everything.
        metrics_key: who shows it may read /metrics; the token opens them too.
        body_bytes: largest request body; more is answered with `too_large` without reading it.
        picture_bytes: largest picture sent as a raw body.
        request_s: seconds within which a request has arrived and its answer has begun.
        stall_s: seconds after which a client that does not take its answer is let go.
        header_s: seconds within which the head of a request has arrived.
        keep_alive_s: seconds for which an idle connection is kept.
        in_flight: requests answered at the same time; more are answered with `busy`.
        connections: open at the same time; more are answered with `busy` and closed.
        shutdown_s: seconds that running answers get when the box stops.
    """

    host: str = "127.0.0.1"
    port: int = 8800
    token: str = field(repr=False)
    metrics_key: str = field(repr=False)
    body_bytes: int = 6 * MIB
    picture_bytes: int = 4 * MIB
    request_s: float = 30.0
    stall_s: float = 120.0
    header_s: float = 10.0
    keep_alive_s: int = 15
    in_flight: int = 64
    connections: int = 256
    shutdown_s: int = 5
