"""How to reach the broker."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from typing_extensions import override

from edge_agent.domain.errors import Unusable


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails; paho would leave that to the garbage collector."""

    @override
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """Encryption towards the broker; its certificate is always checked.

    Attributes:
        ca_file: who signed the broker's certificate; None takes the system's authorities.
        certificate_file: the box's own certificate, where the broker wants one.
        key_file: the key of that certificate.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Read the files.

        Raises:
            Unusable: one of them is missing or is not what it should be.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            context.sslsocket_class = _ClosingSocket
            if self.certificate_file is not None:
                context.load_cert_chain(self.certificate_file, self.key_file)
        except OSError as error:  # ssl.SSLError is one
            raise Unusable(f"mqtt.tls: the certificates cannot be used: {error}") from error
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOptions:
    """How to reach the broker and how much to take from it.

    Attributes:
        host: name or address.
        port: 1883 without and 8883 with TLS, as a rule.
        client_id: the same after every restart, or commands that wait in the session are lost.
        username: None connects without credentials.
        password: never shown.
        protocol: "5" or "3.1.1"; the box must be told, because a broker that refuses a version
            and one that is away look alike too often.
        tls: None connects in the clear.
        keepalive: seconds between signs of life; a dead line is noticed after half as much again.
        connect_timeout: seconds for the TCP connection, and again for the broker's greeting.
        publish_timeout: seconds that the broker may take to acknowledge a message.
        session_expiry: seconds that the broker keeps commands for a box that is away.
        window: how many published messages may be unacknowledged at once.
        receive_maximum: how many commands the broker may have under way to the box at once.
        payload_limit: bytes; a larger message is handed over without its payload, to be refused.
        packet_limit: bytes; larger ones are not even sent to the box (MQTT 5 only). Far above
            `payload_limit`, because what the broker withholds nobody can answer.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    client_id: str = "edge-agent"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol: Literal["5", "3.1.1"] = "5"
    tls: TlsOptions | None = None
    keepalive: int = 30
    connect_timeout: float = 5.0
    publish_timeout: float = 30.0
    session_expiry: int = 86_400
    window: int = 64
    receive_maximum: int = 16
    payload_limit: int = 6 * 1024 * 1024
    packet_limit: int = 80 * 1024 * 1024
