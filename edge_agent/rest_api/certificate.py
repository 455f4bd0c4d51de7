"""The certificate of the https side: given by the configuration, or of the box's own making.

Either is looked at every so often: files that somebody renewed come into force without a restart,
and the box's own certificate is made anew in time. Connections that are open keep what they began
with.
"""

import asyncio
import datetime as dt
import hashlib
import logging
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from edge_agent.domain.errors import Unusable
from edge_agent.rest_api.names import covers, fit_names
from edge_agent.rest_api.options import CertificateOptions
from edge_agent.rest_api.own_certificate import keep_own_certificate, names_in, own_files
from edge_agent.runtime.clock import Clock

log = logging.getLogger(__name__)

_WARN_BEFORE = dt.timedelta(days=14)

_Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """What a certificate says.

    Attributes:
        sha256: of its DER form, as 32 pairs of hexadecimal digits between colons.
        names: host names and addresses that it is good for.
        ends: when it ends, with time zone.
        self_signed: nobody but itself vouches for it.
        pem: the certificate alone, as text; clients that shall trust it take this.
    """

    sha256: str
    names: tuple[str, ...]
    ends: dt.datetime
    self_signed: bool
    pem: str


class ServerCertificate:
    """Certificate and key in force, as a TLS context for new connections.

    Attributes:
        info: what the certificate in force says.
        problem: why it needs a person, at the last look; empty when it needs none.

    Args:
        options: where they come from.
        title: common name of the box's own certificate.
        box_names: the names and addresses that the box has now, fit for a certificate.
        clock: tells when a certificate ends.

    Raises:
        Unusable: the configured files are not there, do not belong together, or are none; or the
            box's own cannot be kept.
    """

    def __init__(
        self,
        options: CertificateOptions,
        title: str,
        box_names: Callable[[], Collection[str]],
        clock: Clock,
    ) -> None:
        self._options = options
        self._title = title
        self._box_names = box_names
        self._clock = clock
        self._warned = ""
        self._keep_own()
        self._stamp = _stamp(*self._files)
        self._context, self.info = load_certificate(*self._files)
        self.problem = self._of_its_end()
        self._tell("https")

    @property
    def configured(self) -> bool:
        """Whether somebody gave it; otherwise the box made it."""
        return self._options.certificate_file is not None

    @property
    def vouched(self) -> bool:
        """Whether clients may be expected to trust it without being told to by hand."""
        return self.configured and not self.info.self_signed

    def context(self) -> ssl.SSLContext:
        """What the next connection is to be encrypted with; TLS 1.2 or newer."""
        return self._context

    def knows(self, host: str) -> bool:
        """Whether the certificate is good for this host name or address."""
        return covers(self.info.names, host)

    async def run(self) -> NoReturn:
        """Look every so often whether there is something newer; for as long as the box runs."""
        while True:
            await asyncio.sleep(self._options.look_every_s)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Take what is newer; where it cannot be used, what was in force stays so."""
        try:
            self._keep_own()
            stamp = _stamp(*self._files)
            if stamp != self._stamp:
                # Files that are being replaced just now are looked at again: their stamp changes.
                self._stamp = stamp
                self._context, self.info = load_certificate(*self._files)
                self._tell("https from now on")
            self.problem = self._of_its_end()
        except (Unusable, OSError) as error:  # OSError: the box's names cannot be asked for
            self.problem = f"{error}; the certificate before stays in force"
        if self.problem not in ("", self._warned):  # once, not at every look
            log.warning("%s", self.problem)
        self._warned = self.problem

    @property
    def _files(self) -> tuple[Path, Path]:
        given, key = self._options.certificate_file, self._options.key_file
        return own_files(self._options.folder) if given is None or key is None else (given, key)

    def _keep_own(self) -> None:
        if not self.configured:
            wanted = {*self._box_names(), *fit_names(self._options.names)}
            keep_own_certificate(self._options.folder, self._title, wanted, self._now())

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock.now_ms() / 1000, dt.UTC)

    def _tell(self, what: str) -> None:
        info = self.info
        whose = "configured" if self.configured else "of the box's own making"
        log.info(
            "%s: certificate %s, good until %s for %s; SHA-256 %s",
            what, whose, f"{info.ends:%Y-%m-%d}", ", ".join(info.names), info.sha256,
        )  # fmt: skip

    def _of_its_end(self) -> str:
        left = self.info.ends - self._now()
        if not self.configured or left >= _WARN_BEFORE:
            return ""
        verb = "ends" if left > dt.timedelta() else "has ended"
        return f"http.tls.certificate_file {verb} on {self.info.ends:%Y-%m-%d}; renew it"


def load_certificate(
    certificate_file: Path, key_file: Path
) -> tuple[ssl.SSLContext, CertificateInfo]:
    """Read a certificate with its key.

    Args:
        certificate_file: PEM; the server's own certificate first.
        key_file: PEM without a password.

    Raises:
        Unusable: they are not there, do not belong together, or are none.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # The password is never asked for on a terminal; a key that has one is refused.
        context.load_cert_chain(certificate_file, key_file, password=lambda: b"")
        info = read_certificate(certificate_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Unusable(
            f"http.tls: {certificate_file} and {key_file} cannot be used: {error}; both must be"
            " PEM, belong together, and the key must have no password"
        ) from error
    return context, info


def read_certificate(file: Path) -> CertificateInfo:
    """Read what a certificate says; of a chain, its first.

    Raises:
        OSError: it cannot be read.
        ValueError: there is no certificate in it.
    """
    found = x509.load_pem_x509_certificates(file.read_bytes())[0]
    der = found.public_bytes(serialization.Encoding.DER)
    return CertificateInfo(
        sha256=hashlib.sha256(der).digest().hex(":").upper(),
        names=tuple(names_in(found)),
        ends=found.not_valid_after_utc,
        self_signed=found.issuer == found.subject,
        pem=found.public_bytes(serialization.Encoding.PEM).decode("ascii"),
    )


def _stamp(*files: Path) -> _Stamp:
    try:
        seen = [file.stat() for file in files]
    except OSError as error:
        raise Unusable(f"http.tls: {error.filename}: {error.strerror}") from error
    return tuple((each.st_ino, each.st_mtime_ns, each.st_size) for each in seen)
