"""The certificate that a box makes for itself where nobody gives it one.

Self-signed, EC P-256. The key is made once and kept, so who pins the public key need not care when
the certificate is made anew: before it ends, when the box is reached by a name that it does not
hold, and when the clock turns out to have been wrong. The names it had before stay in it.

825 days are the longest that every client accepts (Apple's rule for certificates that a person
trusts by hand). It is no authority: whoever trusts it trusts this box and nothing else.
"""

import datetime as dt
import ipaddress
import logging
from collections.abc import Collection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge_agent.domain.errors import Unusable
from edge_agent.rest_api.names import as_address
from edge_agent.storage.private import read_private, write_private

log = logging.getLogger(__name__)

LASTS = dt.timedelta(days=825)
RENEWED_BEFORE = dt.timedelta(days=90)
_CLOCKS_DIFFER = dt.timedelta(days=1)
_MOST_NAMES = 64


def own_files(folder: Path) -> tuple[Path, Path]:
    """Where the box's own certificate and its key lie."""
    return folder / "certificate.pem", folder / "key.pem"


def keep_own_certificate(
    folder: Path, title: str, wanted: Collection[str], now: dt.datetime
) -> bool:
    """Make certificate and key where there are none, or where they are no longer good.

    Both are files of mode 0600, durable before this returns.

    Args:
        folder: where they lie; made where it is missing.
        title: the certificate's common name.
        wanted: names and addresses it has to hold, as `names.fit_names` gives them.
        now: with time zone.

    Returns:
        whether the certificate was made anew.

    Raises:
        Unusable: the files cannot be read or written, or others may read the key.
    """
    certificate_file, key_file = own_files(folder)
    try:
        key = _load_or_make_key(key_file)
        old = _load(certificate_file)
        known = frozenset(names_in(old)) if old is not None else frozenset[str]()
        if old is not None and _is_good(old, key, now) and known.issuperset(wanted):
            return False
        names = known | set(wanted)
        if len(names) > _MOST_NAMES:
            names = frozenset(wanted)
        made = _make(key, title, sorted(names), now)
        write_private(certificate_file, made.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise Unusable(f"the box's certificate cannot be kept in {folder}: {error}") from error
    return True


def names_in(certificate: x509.Certificate) -> list[str]:
    """The host names and addresses that a certificate is good for."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    names = extension.value.get_values_for_type(x509.DNSName)
    addresses = extension.value.get_values_for_type(x509.IPAddress)
    return [*(name.lower() for name in names), *map(str, addresses)]


def _load_or_make_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if path.exists():
        try:
            key = serialization.load_pem_private_key(read_private(path), password=None)
        except (ValueError, TypeError) as error:
            log.warning("%s holds no key any more, a new one is made: %s", path, error)
        else:
            if isinstance(key, ec.EllipticCurvePrivateKey):
                return key
            log.warning("%s holds another kind of key, a new one is made", path)
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(path, pem)
    return made


def _load(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        log.warning("%s holds no certificate any more, a new one is made: %s", path, error)
        return None


def _is_good(
    certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: dt.datetime
) -> bool:
    begun = certificate.not_valid_before_utc <= now
    lasts = now < certificate.not_valid_after_utc - RENEWED_BEFORE
    # One that ends later than any made today was made by a clock that went wrong.
    likely = certificate.not_valid_after_utc <= now + LASTS
    return begun and lasts and likely and certificate.public_key() == key.public_key()


def _make(
    key: ec.EllipticCurvePrivateKey, title: str, names: list[str], now: dt.datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    public = key.public_key()
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName([_general(each) for each in names]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_signs(), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now - _CLOCKS_DIFFER + LASTS)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, hashes.SHA256())


def _signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    if as_address(name) is None:
        return x509.DNSName(name)
    return x509.IPAddress(ipaddress.ip_address(name))
