"""Reading a signed request of any dialect into one shape, and checking its signature."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from edge_agent.wire.cloud import signatures
from edge_agent.wire.cloud.authorization import read_authorization
from edge_agent.wire.cloud.errors import (
    CloudRefusal,
    GatewayRefusal,
    TopRefusal,
    gateway,
    invalid,
    mismatch,
    missing,
)
from edge_agent.wire.cloud.received import Dialect, Manner, Received, manner_of

PRODUCTS: Final = {
    "2018-01-20": "LinkVisual",
    "2020-12-14": "ImageSearch",
    "2019-03-25": "ImageSearch",
    "2014-06-18": "MTS",
    "2019-12-19": "OpenPlatform",
}
"""Which product a version belongs to; the host of a request says nothing."""

_SIGNED_ALWAYS: Final = ("host", "x-acs-action", "x-acs-version", "x-acs-date")
_SIGNED_IF_SENT: Final = ("x-acs-signature-nonce", "x-acs-security-token")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRequest:
    """A request of a cloud API, read but not yet believed.

    Attributes:
        manner: how to answer.
        version: of the API; TOP's `v`.
        action: the operation; TOP's `method`.
        parameters: of query and form together, blank ones too. Of the RPC and TOP dialects also
            the ones about the request itself.
        key_id: access key id, or app key.
        signature: as the client computed it.
        signature_method: as the client names it.
        string_to_sign: what the client should have signed.
        whole: the body is the one whose hash the client sent, and all that must be signed is.
        timestamp: as it was sent; see `moment`.
        nonce: must be new for the key; empty where the dialect has none.
        security_token: of a temporary key, or empty.
        body: raw.
    """

    manner: Manner
    version: str
    action: str
    parameters: Mapping[str, str]
    key_id: str
    signature: str = field(repr=False)
    signature_method: str
    string_to_sign: str = field(repr=False)
    whole: bool = True
    timestamp: str
    nonce: str = ""
    security_token: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def dialect(self) -> Dialect:
        """In which the request was made."""
        return self.manner.dialect

    @property
    def product(self) -> str:
        """Which product the version belongs to; empty for an unknown version and for TOP."""
        return "" if self.dialect is Dialect.TOP else PRODUCTS.get(self.version, "")


def read_request(received: Received, dialect: Dialect) -> CloudRequest:
    """Read a request.

    Args:
        received: as it came.
        dialect: what `dialect_of` said.

    Raises:
        CloudRefusal: what every request must have is missing, twice there or not readable.
    """
    return _READERS[dialect](received)


def verify(request: CloudRequest, secret: str) -> None:
    """Check that the owner of `secret` made this request and that nobody changed it since.

    Raises:
        CloudRefusal: the signature does not fit.
    """
    good = signatures.fits(_signature(request, secret), request.signature)
    if good and request.whole:
        return
    if request.dialect is Dialect.TOP:
        raise TopRefusal(25)
    raise mismatch(request.string_to_sign)


def merged(received: Received, refusal: Callable[[str], CloudRefusal]) -> dict[str, str]:
    """Put query and form together.

    Raises:
        CloudRefusal: made by `refusal` of a name that has two different values: what would be
            signed and what would be used might differ.
    """
    values: dict[str, str] = {}
    for name, value in received.query_pairs + received.form_pairs:
        if values.setdefault(name, value) != value:
            raise refusal(name)
    return values


def _signature(request: CloudRequest, secret: str) -> str:
    text = request.string_to_sign
    match request.dialect:
        case Dialect.RPC:
            return signatures.rpc_signature(secret, text)
        case Dialect.ACS3:
            return signatures.acs3_signature(secret, text)
        case Dialect.ROA:
            return signatures.roa_signature(secret, text)
        case Dialect.TOP:
            return signatures.top_signature(request.signature_method, secret, text)


def _read_rpc(received: Received) -> CloudRequest:
    values = merged(received, invalid)
    for name in _RPC_REQUIRED:
        if not values.get(name):
            raise missing(name)
    if values["SignatureMethod"].upper() != "HMAC-SHA1":
        raise gateway("InvalidSignatureMethod")
    if values["SignatureVersion"] != "1.0":
        raise invalid("SignatureVersion")
    if values.get("Format", "XML").upper() not in {"JSON", "XML"}:
        raise gateway("InvalidParameter.Format")
    signed = [(name, value) for name, value in values.items() if name != "Signature"]
    return CloudRequest(
        manner=manner_of(received, Dialect.RPC),
        version=values["Version"],
        action=values["Action"],
        parameters=values,
        key_id=values["AccessKeyId"],
        signature=values["Signature"],
        signature_method=values["SignatureMethod"],
        string_to_sign=signatures.rpc_string_to_sign(received.method, signed),
        timestamp=values["Timestamp"],
        nonce=values["SignatureNonce"],
        security_token=values.get("SecurityToken", ""),
        body=received.body,
    )


_RPC_REQUIRED: Final = (
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
    "Version",
    "Action",
)


def _read_acs3(received: Received) -> CloudRequest:
    headers = received.headers
    algorithm, parts = read_authorization(headers.get("authorization", ""))
    for header, name in _ACS3_REQUIRED:
        if not headers.get(header):
            raise missing(name)
    if algorithm != signatures.ACS3:
        raise gateway("InvalidSignatureMethod")
    names = [name.strip().lower() for name in parts["SignedHeaders"].split(";")]
    payload = hashlib.sha256(received.body).hexdigest()
    signed = [(name, headers.get(name, "")) for name in names]
    needed = {*_SIGNED_ALWAYS, *(name for name in _SIGNED_IF_SENT if name in headers)}
    return CloudRequest(
        manner=manner_of(received, Dialect.ACS3),
        version=headers["x-acs-version"],
        action=headers["x-acs-action"],
        parameters=merged(received, invalid),
        key_id=parts["Credential"],
        signature=parts["Signature"],
        signature_method=algorithm,
        string_to_sign=signatures.acs3_string_to_sign(
            received.method, received.path, received.query_pairs, signed, payload
        ),
        whole=needed <= set(names)
        and headers.get("x-acs-content-sha256", payload).lower() == payload,
        timestamp=headers["x-acs-date"],
        nonce=headers["x-acs-signature-nonce"],
        security_token=headers.get("x-acs-security-token", ""),
        body=received.body,
    )


_ACS3_REQUIRED: Final = (
    ("x-acs-signature-nonce", "SignatureNonce"),
    ("x-acs-date", "Timestamp"),
    ("x-acs-version", "Version"),
    ("x-acs-action", "Action"),
)


def _read_roa(received: Received) -> CloudRequest:
    headers = received.headers
    key_id, _, signature = headers.get("authorization", "").removeprefix("acs ").partition(":")
    for value, name in ((key_id, "AccessKeyId"), (signature, "Signature")):
        if not value.strip():
            raise missing(name)
    for header, name in (("date", "Timestamp"), ("x-acs-version", "Version")):
        if not headers.get(header):
            raise missing(name)
    digest = hashlib.md5(received.body).digest()  # noqa: S324 - the protocol's
    sent = headers.get("content-md5", "")
    return CloudRequest(
        manner=manner_of(received, Dialect.ROA),
        version=headers["x-acs-version"],
        action=received.path,
        parameters=merged(received, invalid),
        key_id=key_id.strip(),
        signature=signature.strip(),
        signature_method=headers.get("x-acs-signature-method", "HMAC-SHA1"),
        string_to_sign=signatures.roa_string_to_sign(
            received.method, received.path, received.query_pairs, headers
        ),
        whole=sent == base64.b64encode(digest).decode("ascii") or not (sent or received.body),
        timestamp=headers["date"],
        nonce=headers.get("x-acs-signature-nonce", ""),
        security_token=headers.get("x-acs-security-token", ""),
        body=received.body,
    )


def _read_top(received: Received) -> CloudRequest:
    try:
        values = merged(received, lambda name: TopRefusal(41, "isv.invalid-parameter", name))
    except GatewayRefusal:
        raise TopRefusal(41, "isv.invalid-parameter", "not a form of UTF-8 text") from None
    for name, number in _TOP_REQUIRED:
        if not values.get(name):
            raise TopRefusal(number)
    method = values.get("sign_method") or "md5"
    if method not in signatures.TOP_METHODS:
        raise TopRefusal(25, "isv.invalid-parameter", "sign_method")
    if values.get("format", "xml").lower() not in {"", "json", "xml"}:
        raise TopRefusal(23)
    if values["v"] != "2.0":
        raise TopRefusal(34)
    signed = [(name, value) for name, value in values.items() if name != "sign"]
    return CloudRequest(
        manner=manner_of(received, Dialect.TOP),
        version=values["v"],
        action=values["method"],
        parameters=values,
        key_id=values["app_key"],
        signature=values["sign"].upper(),
        signature_method=method,
        string_to_sign=signatures.top_string_to_sign(signed),
        timestamp=values["timestamp"],
        security_token=values.get("session", ""),
        body=received.body,
    )


_TOP_REQUIRED: Final = (
    ("method", 21),
    ("app_key", 28),
    ("sign", 24),
    ("timestamp", 30),
    ("v", 32),
)

_READERS: Final[dict[Dialect, Callable[[Received], CloudRequest]]] = {
    Dialect.RPC: _read_rpc,
    Dialect.ACS3: _read_acs3,
    Dialect.ROA: _read_roa,
    Dialect.TOP: _read_top,
}
