"""The https side of a box in a test, and clients that trust its certificate and no other."""

import asyncio
import base64
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.types import ASGIApp

from edge_agent.rest_api.certificate import ServerCertificate
from edge_agent.rest_api.names import names_of_box
from edge_agent.rest_api.options import CertificateOptions, HttpOptions
from edge_agent.rest_api.own_certificate import own_files
from edge_agent.rest_api.serve import serve
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters


def local_certificate(folder: Path) -> ServerCertificate:
    """What a box on this machine makes for itself."""
    options = CertificateOptions(folder=folder)
    names = names_of_box("box-1", "127.0.0.1")
    return ServerCertificate(options, "box-1", lambda: names, SystemClock())


def own_certificate(state: Path) -> Path:
    """The certificate that a daemon with this state folder has made."""
    return own_files(state / "tls")[0]


def trusting(certificate: Path) -> ssl.SSLContext:
    """A client's side: this certificate is good, for the names that it holds."""
    return ssl.create_default_context(cafile=str(certificate))


def pin_of(certificate: Path) -> str:
    """The digest of the public key in the form that browsers pin (RFC 7469, 2.4)."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode("ascii")


@asynccontextmanager
async def serving(
    app: ASGIApp,
    options: HttpOptions,
    certificate: ServerCertificate,
    counters: Counters | None = None,
) -> AsyncIterator[int]:
    """Serve an application on the port that the options name; yields the port."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(
            serve(
                app,
                options,
                certificate.context,
                counters or Counters(),
                listening=port.set_result,
            )
        )
        try:
            yield await port
        finally:
            running.cancel()
