import datetime as dt
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge_agent.domain.errors import Unavailable
from edge_agent.mqtt.options import TlsOptions
from edge_agent.runtime.counters import Counters
from tests.support.broker import LocalBroker, free_port
from tests.support.mqtt_box import box_broker, running

pytestmark = pytest.mark.broker

STARTED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ENDED = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def write_certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(STARTED)
        .not_valid_after(ENDED)
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


async def test_the_brokers_certificate_is_checked(tmp_path: Path) -> None:
    write_certificate(tmp_path)
    secure = free_port()
    broker = LocalBroker(
        tmp_path / "b",
        extra=f"listener {secure} 127.0.0.1\n"
        f"certfile {tmp_path / 'cert.pem'}\nkeyfile {tmp_path / 'key.pem'}\n",
    )
    broker.start()
    try:
        broker.port = secure
        known = box_broker(broker, Counters(), tls=TlsOptions(ca_file=tmp_path / "cert.pem"))
        async with running(known.run()):
            await known.connection_after(0)
            await known.publish("t", b"x")
        stranger = box_broker(broker, Counters(), tls=TlsOptions())
        with pytest.raises(Unavailable, match="certificate verify failed"):
            await stranger._one_connection()
    finally:
        broker.stop()
