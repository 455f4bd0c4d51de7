"""The signature of a message, by Standard Webhooks 1.0.0.

`webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; the key is what
follows `whsec_` in base64, or else the bytes of the secret as it is written.
"""

import base64
import binascii
import hmac

_PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key that a secret stands for.

    Raises:
        ValueError: what follows `whsec_` is not base64.
    """
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("what follows whsec_ must be base64") from error


def signed_headers(key: bytes, event_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The headers that prove where a message comes from.

    Args:
        key: of the target.
        event_id: the same for every try of one event.
        at_s: now, in seconds since 1970; a receiver refuses what is old.
        body: as it is sent.
    """
    signed = f"{event_id}.{at_s}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{signature}",
    }
