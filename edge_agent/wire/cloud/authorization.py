"""The `Authorization` header of ACS3."""

import re
from typing import Final

from edge_agent.wire.cloud.errors import missing

_PART = re.compile(r"\s*(Credential|SignedHeaders|Signature)=(.*?)\s*")
_REQUIRED: Final = (
    ("Credential", "AccessKeyId"),
    ("Signature", "Signature"),
    ("SignedHeaders", "SignedHeaders"),
)


def read_authorization(header: str) -> tuple[str, dict[str, str]]:
    """Take `ACS3-… Credential=…,SignedHeaders=…,Signature=…` apart.

    Returns:
        the algorithm, and the three parts by name.

    Raises:
        GatewayRefusal: a part is missing or empty.
    """
    algorithm, _, rest = header.strip().partition(" ")
    found = [_PART.fullmatch(part) for part in rest.split(",")]
    parts = {match[1]: match[2] for match in found if match}
    for part, name in _REQUIRED:
        if not parts.get(part):
            raise missing(name)
    return algorithm, parts
