"""The https side of the demonstration: its certificate, and whether the page is there."""

import hashlib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from scripts.demonstration.stage import Stage, StageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Https:
    """How to ask over https.

    Attributes:
        https: address in front of every path.
        certificate: file with the certificate that the box made; clients take it as authority.
        certificate_sha256: its fingerprint, as browsers show it.
    """

    https: str
    certificate: str
    certificate_sha256: str


def https_of(stage: Stage, http: str, token: str) -> Https:
    """Look at the page and at the box's state over https, trusting the box's certificate alone.

    Args:
        stage: on which the daemon runs.
        http: `host:port` of the HTTP door.
        token: who shows it may ask.

    Raises:
        StageError: either cannot be had.
    """
    file = stage.folder / "state" / "tls" / "certificate.pem"
    trust = ssl.create_default_context(cafile=str(file))
    address = f"https://{http}"
    for path in ("/", "/v1/status"):
        asked = urllib.request.Request(address + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - the box
        try:
            with urllib.request.urlopen(asked, timeout=15, context=trust) as answer:  # noqa: S310 - the box
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise StageError(f"{address}{path} cannot be had: {error}") from error
    return Https(https=address, certificate=str(file), certificate_sha256=_sha256(file))


def _sha256(file: Path) -> str:
    der = ssl.PEM_cert_to_DER_cert(file.read_text("ascii"))
    return hashlib.sha256(der).digest().hex(":").upper()
