"""Identifiers made on the box."""

import re
import secrets

PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What a tenant, store, box or camera may be called: it becomes a topic level and a file name."""


def new_id(at_ms: int) -> str:
    """Make a 32-digit lower-case hexadecimal id that sorts by time.

    48 bits of milliseconds, then 80 random bits: the layout of UUIDv7 (RFC 9562) without its
    version and variant bits, because the cloud APIs show such ids as 32 hexadecimal digits.

    Args:
        at_ms: the moment the id stands for; ids made later sort later.
    """
    return f"{at_ms & 0xFFFFFFFFFFFF:012x}{secrets.token_hex(10)}"
