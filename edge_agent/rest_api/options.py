"""What can be tuned at the HTTP door."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MIB = 1 << 20


class Plain(StrEnum):
    """What may be asked over plain http; everything may be asked over https."""

    SIGNED = "signed"
    """Signed requests, signed links and health; the rest is sent to https."""
    ALL = "all"
    """Everything, for a box behind a proxy that speaks TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """The HTTP door.

    Attributes:
        host: address to listen on; 0.0.0.0 listens on every IPv4 address of the box.
        port: to listen on; 0 takes a free one.
        token: who shows it as `Authorization: Bearer …` may ask everything.
        metrics_key: who shows it may read /metrics; the token opens them too.
        plain: what may be asked over plain http.
        public_address: `https://host[:port]` under which clients reach the box, or empty.
        strict: browsers are told to keep to https (RFC 6797). Only where they trust the box's
            certificate: whoever was told so cannot pass a warning any more.
        body_bytes: largest request body; more is answered with `too_large` without reading it.
        picture_bytes: largest picture sent as a raw body.
        upload_bytes: largest file that is sent to be fingerprinted, as a raw body.
        request_s: seconds within which a request has arrived and its answer has begun.
        upload_s: seconds that such a file may take to arrive.
        stall_s: seconds after which a client that does not take its answer is let go.
        header_s: seconds for the first byte of a connection, again for its TLS handshake, and
            again for the head of each request.
        keep_alive_s: seconds for which an idle connection is kept.
        in_flight: requests answered at the same time; more are answered with `busy`.
        connections: open at the same time; more are answered with `busy` and closed. One over https
            takes some 280 KiB, almost all of it asyncio's buffer.
        arrivals: connections that have not said or agreed yet which protocol they speak; the
            oldest makes room for a new one.
        shutdown_s: seconds that running answers get when the box stops.
    """

    host: str = "127.0.0.1"
    port: int = 8800
    token: str = field(repr=False)
    metrics_key: str = field(repr=False)
    plain: Plain = Plain.SIGNED
    public_address: str = ""
    strict: bool = False
    body_bytes: int = 6 * MIB
    picture_bytes: int = 4 * MIB
    upload_bytes: int = 256 * MIB
    request_s: float = 30.0
    upload_s: float = 600.0
    stall_s: float = 120.0
    header_s: float = 10.0
    keep_alive_s: int = 15
    in_flight: int = 64
    connections: int = 256
    arrivals: int = 128
    shutdown_s: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOptions:
    """The certificate of the https side.

    Attributes:
        folder: where the box keeps the one it makes itself.
        certificate_file: PEM, the box's own certificate first, then those between it and its
            authority; None lets the box make one.
        key_file: its key, PEM without a password; None where `certificate_file` is None.
        names: host names and addresses by which the box is reached, besides those it knows
            itself; for the certificate of its own making.
        look_every_s: seconds between looks at whether the files have changed or the box's own
            certificate has to be made anew.
    """

    folder: Path
    certificate_file: Path | None = None
    key_file: Path | None = None
    names: tuple[str, ...] = ()
    look_every_s: float = 30.0
