"""The signatures of the four dialects: what is signed, and how.

Sources: the cloud's published descriptions of the RPC signature mechanism (version 1.0), of
signature version 3 (ACS3-HMAC-SHA256), of the ROA signature, and of the TOP call protocol. Each is
checked in the tests against published vectors and against requests that the official SDKs made.

Pairs are (name, value) as decoded text; the order of same names is the order of their values.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote, unquote

Pair = tuple[str, str]

ACS3: Final = "ACS3-HMAC-SHA256"
TOP_METHODS: Final = ("md5", "hmac", "hmac-sha256")
_UNRESERVED: Final = "-_.~"
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
"""What encoding leaves as it is: nearly every name and most values."""


def percent_encoded(text: str) -> str:
    """Encode as RFC 3986 wants it: all but letters, digits and `-_.~`, as UTF-8."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe=_UNRESERVED, errors="replace")


def canonical_query(pairs: Iterable[Pair]) -> str:
    """Join `name=value`, encoded, sorted by name in byte order."""
    return "&".join(
        f"{percent_encoded(name)}={percent_encoded(value)}" for name, value in sorted(pairs)
    )


def rpc_string_to_sign(method: str, pairs: Iterable[Pair]) -> str:
    """Make the string to sign of RPC V1.

    Args:
        method: of HTTP.
        pairs: all parameters of query and form but `Signature`.
    """
    # Encoded once, it holds no other reserved characters than these three.
    canonical = canonical_query(pairs)
    canonical = canonical.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    return f"{method}&%2F&{canonical}"


def rpc_signature(secret: str, string_to_sign: str) -> str:
    """Sign as RPC V1 does: base64 of HMAC-SHA1, keyed with the secret and an ampersand."""
    return _hmac_sha1(f"{secret}&", string_to_sign)


def acs3_string_to_sign(
    method: str,
    path: str,
    query: Iterable[Pair],
    signed: Sequence[Pair],
    payload_sha256: str,
) -> str:
    """Make the string to sign of ACS3-HMAC-SHA256.

    Args:
        method: of HTTP.
        path: as it was asked for, percent-encoded or not.
        query: parameters of the query alone.
        signed: name and value of the signed headers, in the order in which the client lists them.
        payload_sha256: of the raw body, as hexadecimal digits.
    """
    headers = "".join(f"{name}:{value.strip()}\n" for name, value in signed)
    names = ";".join(name for name, _ in signed)
    place = quote(unquote(path), safe="/" + _UNRESERVED, errors="replace")
    canonical = "\n".join([method, place, canonical_query(query), headers, names, payload_sha256])
    return f"{ACS3}\n{hashlib.sha256(_bytes(canonical)).hexdigest()}"


def acs3_signature(secret: str, string_to_sign: str) -> str:
    """Sign as ACS3 does: hexadecimal digits of HMAC-SHA256."""
    return hmac.digest(_bytes(secret), _bytes(string_to_sign), "sha256").hex()


def roa_string_to_sign(
    method: str, path: str, query: Iterable[Pair], headers: Mapping[str, str]
) -> str:
    """Make the string to sign of the ROA signature.

    Args:
        method: of HTTP.
        path: as it was asked for.
        query: parameters of the query.
        headers: all of the request, by lower-case name.
    """
    standard = [headers.get(name, "") for name in ("accept", "content-md5", "content-type", "date")]
    own = "".join(
        f"{name}:{value}\n" for name, value in sorted(headers.items()) if name.startswith("x-acs-")
    )
    asked = "&".join(f"{name}={value}" if value else name for name, value in sorted(query))
    resource = f"{path}?{asked}" if asked else path
    return "\n".join([method, *standard, own + resource])


def roa_signature(secret: str, string_to_sign: str) -> str:
    """Sign as ROA does: base64 of HMAC-SHA1, keyed with the secret."""
    return _hmac_sha1(secret, string_to_sign)


def top_string_to_sign(pairs: Iterable[Pair]) -> str:
    """Make the string to sign of TOP: names and values, sorted by name, with nothing between.

    Args:
        pairs: all parameters of query and form but `sign`; those without a name are skipped.
    """
    return "".join(name + value for name, value in sorted(pairs) if name)


def top_signature(method: str, secret: str, string_to_sign: str) -> str:
    """Sign as TOP does: upper-case hexadecimal digits.

    Args:
        method: one of `TOP_METHODS`.
        secret: of the app key.
        string_to_sign: see `top_string_to_sign`.
    """
    key, text = _bytes(secret), _bytes(string_to_sign)
    if method == "md5":
        return hashlib.md5(key + text + key).hexdigest().upper()  # noqa: S324 - the protocol's
    digest = "sha256" if method == "hmac-sha256" else "md5"
    return hmac.digest(key, text, digest).hex().upper()


def fits(computed: str, given: str) -> bool:
    """Compare two signatures in a time that tells nothing about where they differ."""
    return hmac.compare_digest(_bytes(computed), _bytes(given))


def _hmac_sha1(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(_bytes(key), _bytes(text), "sha1")).decode("ascii")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
