"""Signers of the cloud dialects for tests, written from the published descriptions.

They share nothing with `edge_agent.wire.cloud`, so that an error in one is not an error in both.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote, urlencode

Request = tuple[str, str, str, dict[str, str], bytes]
"""Method, path, query, headers, body."""

FORM = "application/x-www-form-urlencoded"


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def beijing(at_ms: int) -> str:
    zone = timezone(timedelta(hours=8))
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m-%d %H:%M:%S")


def encoded(text: str) -> str:
    return quote(text.encode(), safe="~")


def rpc(
    key_id: str,
    secret: str,
    parameters: Mapping[str, str],
    *,
    action: str,
    at_ms: int,
    nonce: str,
    version: str = "2018-01-20",
    method: str = "POST",
    answer: str = "JSON",
    in_query: bool = True,
    overrides: Mapping[str, str | None] | None = None,
) -> Request:
    """Sign a request of RPC V1.

    Args:
        overrides: public parameters that shall be otherwise, None = left out; signed like that.
    """
    values = {
        "Format": answer,
        "Version": version,
        "AccessKeyId": key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": nonce,
        "Timestamp": iso(at_ms),
        "Action": action,
        **parameters,
    }
    values = _overridden(values, overrides or {}, but="Signature")
    canonical = "&".join(f"{encoded(name)}={encoded(values[name])}" for name in sorted(values))
    text = f"{method}&{encoded('/')}&{encoded(canonical)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), "sha1").digest()
    values["Signature"] = base64.b64encode(digest).decode()
    values = _overridden(values, overrides or {})
    if in_query:
        return method, "/", urlencode(values), {"host": "box"}, b""
    headers = {"host": "box", "content-type": FORM}
    return method, "/", "", headers, urlencode(values).encode()


def acs3(
    key_id: str,
    secret: str,
    parameters: Mapping[str, str],
    *,
    action: str,
    at_ms: int,
    nonce: str,
    version: str = "2018-01-20",
    in_query: bool = True,
    overrides: Mapping[str, str | None] | None = None,
) -> Request:
    """Sign a request of ACS3-HMAC-SHA256; `overrides` are headers."""
    body = b"" if in_query else urlencode(parameters).encode()
    query = urlencode(parameters) if in_query else ""
    values = {
        "host": "box:8800",
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": iso(at_ms),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
    }
    if body:
        values["content-type"] = FORM
    headers = _overridden(values, overrides or {}, but="authorization")
    names = sorted(headers)
    canonical = "POST\n/\n"
    if in_query:
        canonical += "&".join(f"{encoded(k)}={encoded(parameters[k])}" for k in sorted(parameters))
    canonical += "\n" + "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical += f"\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},"
        f"Signature={signature}"
    )
    return "POST", "/", query, _overridden(headers, overrides or {}), body


def roa(
    key_id: str,
    secret: str,
    parameters: Mapping[str, str],
    *,
    path: str,
    at_ms: int,
    body: bytes = b"",
    version: str = "2019-03-25",
) -> Request:
    """Sign a request of ROA: parameters in the query, anything in the body."""
    date = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {
        "host": "box",
        "accept": "application/json",
        "content-md5": base64.b64encode(hashlib.md5(body).digest()).decode(),  # noqa: S324
        "content-type": FORM,
        "date": date,
        "x-acs-version": version,
        "x-acs-signature-method": "HMAC-SHA1",
        "x-acs-signature-version": "1.0",
    }
    lines = ["POST", *(headers[name] for name in ("accept", "content-md5", "content-type", "date"))]
    lines += [f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-acs-")]
    asked = "&".join(f"{k}={v}" if v else k for k, v in sorted(parameters.items()))
    text = "\n".join([*lines, f"{path}?{asked}" if asked else path])
    digest = hmac.new(secret.encode(), text.encode(), "sha1").digest()
    headers["authorization"] = f"acs {key_id}:{base64.b64encode(digest).decode()}"
    return "POST", path, urlencode(parameters), headers, body


def top(
    app_key: str,
    secret: str,
    parameters: Mapping[str, str],
    *,
    action: str,
    at_ms: int,
    sign_method: str = "md5",
    answer: str = "json",
    overrides: Mapping[str, str | None] | None = None,
) -> Request:
    """Sign a request of TOP: about itself in the query, the rest in the form."""
    public = {
        "method": action,
        "app_key": app_key,
        "v": "2.0",
        "timestamp": beijing(at_ms),
        "sign_method": sign_method,
        "format": answer,
    }
    public = _overridden(public, overrides or {}, but="sign")
    values = {**public, **parameters}
    text = "".join(name + values[name] for name in sorted(values)).encode()
    key = secret.encode()
    if sign_method == "md5":
        signature = hashlib.md5(key + text + key).hexdigest()  # noqa: S324
    else:
        kind = "sha256" if sign_method == "hmac-sha256" else "md5"
        signature = hmac.new(key, text, kind).hexdigest()
    public = _overridden({**public, "sign": signature.upper()}, overrides or {})
    headers = {"host": "box", "content-type": f"{FORM};charset=utf-8"}
    return "POST", "/router/rest", urlencode(public), headers, urlencode(parameters).encode()


def _overridden(
    values: Mapping[str, str], overrides: Mapping[str, str | None], *, but: str = ""
) -> dict[str, str]:
    made = {**values, **{name: value for name, value in overrides.items() if name != but}}
    return {name: value for name, value in made.items() if value is not None}
