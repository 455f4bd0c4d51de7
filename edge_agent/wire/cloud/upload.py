"""The upload leg of the SDKs' *Advance calls: leave to send a picture, and the form it comes in.

What is answered, and refused, is what the cloud's object storage says for its PostObject.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from edge_agent.domain.errors import AgentError, NotAuthorised, Refused, TooLarge
from edge_agent.wire.cloud.answers import CloudAnswer
from edge_agent.wire.cloud.received import ROOT, Received
from edge_agent.wire.cloud.xml_body import document

VERSION: Final = "2019-12-19"
AUTHORIZE: Final = "AuthorizeFileUpload"
MULTIPART: Final = "multipart/form-data"

_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]{1,200})\"|([^\s;]{1,200}))")
_NAME = re.compile(r"[;\s]name=\"([^\"]{0,200})\"", re.IGNORECASE)
_PARTS: Final = 50
_DISPOSITION: Final = "content-disposition:"


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a client sends to object storage.

    Attributes:
        fields: but the file, by name.
        file: the bytes.
    """

    fields: Mapping[str, str]
    file: bytes


def is_upload(received: Received) -> bool:
    """Whether a request is such a form."""
    kind = received.headers.get("content-type", "")
    return (
        received.method == "POST"
        and received.path == ROOT
        and kind.lower().startswith(MULTIPART)
        and "authorization" not in received.headers
    )


def read_upload(received: Received) -> UploadForm:
    """Read a form (RFC 7578).

    Raises:
        Refused: it is malformed, or has no file.
    """
    match = _BOUNDARY.search(received.headers.get("content-type", ""))
    if match is None:
        raise Refused("the form has no boundary")
    boundary = b"\r\n--" + (match[1] or match[2]).encode("latin-1", "replace")
    parts = (b"\r\n" + received.body).split(boundary, _PARTS)[1:]
    fields: dict[str, str] = {}
    file: bytes | None = None
    for part in parts:
        head, parted, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _name_of(head.decode("utf-8", "replace")) if parted else None
        if name == "file":
            file = content
        elif name is not None:
            fields[name] = content.decode("utf-8", "replace")
    if file is None:
        raise Refused("the form has no file")
    return UploadForm(fields, file)


def granted(host: str, *, key: str, key_id: str, policy: str, signature: str) -> dict[str, Any]:
    """Write the answer of AuthorizeFileUpload.

    Clients send the form to `{Bucket}.{Endpoint}`: the address of the box, cut at its first dot.

    Args:
        host: the address by which the box was asked.
        key: of the object.
        key_id: OSSAccessKeyId of the form.
        policy: of the form.
        signature: of the form.

    Raises:
        Refused: the address has no dot to cut at.
    """
    bucket, dot, endpoint = host.partition(".")
    if not dot or not bucket or not endpoint:
        raise Refused("uploads need the box to be called by an address or name with a dot in it")
    return {
        "AccessKeyId": key_id,
        "Bucket": bucket,
        "Endpoint": endpoint,
        "ObjectKey": key,
        "EncodedPolicy": policy,
        "Signature": signature,
        "UseAccelerate": False,
    }


def uploaded(received: Received, key: str, etag: str) -> CloudAnswer:
    """Say that an object is there, in the manner that the form wants."""
    host = received.headers.get("host", "")
    bucket = host.partition(".")[0]
    content = {
        "Bucket": bucket,
        "Location": f"http://{host}/{key}",
        "Key": key,
        "ETag": f'"{etag}"',
    }
    return CloudAnswer(201, "application/xml", document("PostResponse", content))


def upload_refused(received: Received, request_id: str, error: AgentError) -> CloudAnswer:
    """Say in object storage's words why an object is not taken."""
    status, code = next(
        (told for family, told in _CODES if isinstance(error, family)), (500, "InternalError")
    )
    content = {
        "Code": code,
        "Message": str(error),
        "RequestId": request_id,
        "HostId": received.headers.get("host", ""),
    }
    return CloudAnswer(status, "application/xml", document("Error", content))


_CODES: Final[tuple[tuple[type[AgentError], tuple[int, str]], ...]] = (
    (NotAuthorised, (403, "AccessDenied")),
    (TooLarge, (400, "EntityTooLarge")),
    (Refused, (400, "MalformedPOSTRequest")),
)


def _name_of(head: str) -> str | None:
    for line in head.split("\r\n"):
        if line.lower().startswith(_DISPOSITION):
            match = _NAME.search(line)
            return None if match is None else match[1]
    return None
