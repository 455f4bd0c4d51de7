"""Answers of the cloud APIs as bytes: JSON and XML, successes and refusals.

Whatever goes out is valid JSON or XML: half a surrogate pair, or a character that XML 1.0 may not
hold, is replaced; a number that JSON does not have is a bug that is not sent.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from edge_agent.wire.cloud.errors import (
    BusinessRefusal,
    CloudRefusal,
    GatewayRefusal,
    TopRefusal,
    linkvisual_refusal,
    top_refusal,
)
from edge_agent.wire.cloud.received import Dialect, Format, Manner
from edge_agent.wire.cloud.xml_body import document

RETRY_AFTER: Final = "x-acs-retry-after"
"""Header with milliseconds, from which an SDK makes its throttling error."""

_TYPES: Final = {
    Format.JSON: "application/json;charset=utf-8",
    Format.XML: "text/xml;charset=utf-8",
}
_TOP_TYPES: Final = {
    Format.JSON: "text/javascript;charset=UTF-8",
    Format.XML: "text/xml;charset=UTF-8",
}


@dataclass(frozen=True, slots=True)
class CloudAnswer:
    """An HTTP answer.

    Attributes:
        status: of HTTP.
        content_type: of the body.
        body: JSON or XML.
        headers: further ones, lower case.
    """

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in an answer of TOP, which stands wrapped in an object unless simplified.

    Attributes:
        name: of the one member of the wrapping object.
        items: what the list holds.
    """

    name: str
    items: tuple[Any, ...]


def new_request_id() -> str:
    """Make the id of one call: an upper-case UUID."""
    return str(uuid.uuid4()).upper()


def success(manner: Manner, request_id: str, fields: Mapping[str, Any]) -> CloudAnswer:
    """Answer an operation of the aliyun products.

    Args:
        manner: how the request wants its answer.
        request_id: of this call.
        fields: what stands beside `RequestId`; a member that is None is left out.
    """
    content = {"RequestId": request_id, **fields}
    return _aliyun(manner, 200, f"{manner.action or 'Unknown'}Response", content)


def linkvisual_success(manner: Manner, request_id: str, data: object = None) -> CloudAnswer:
    """Answer a LinkVisual operation: its envelope and `Data`, which is left out when None."""
    return success(manner, request_id, {"Success": True, "Code": "200", "Data": data})


def top_success(manner: Manner, fields: Mapping[str, Any]) -> CloudAnswer:
    """Answer a TOP operation.

    Args:
        manner: how the request wants its answer.
        fields: of the answer, lists as `Listed`.
    """
    root = manner.action.removeprefix("taobao.").replace(".", "_") + "_response"
    content = _plain(fields, bare=manner.simplify)
    return _top(manner, content if manner.simplify else {root: content})


def refusal(manner: Manner, request_id: str, error: CloudRefusal) -> CloudAnswer:
    """Answer with an error, in the words of the dialect that was spoken.

    Args:
        manner: how the request wants its answer.
        request_id: of this call.
        error: what is wrong.
    """
    if manner.dialect is Dialect.TOP:
        content = _top_error(top_refusal(error), request_id)
        return _top(manner, {"error_response": _plain(content)})
    told = linkvisual_refusal(error)
    if isinstance(told, BusinessRefusal):
        fields = {"Success": False, "Code": told.code, "ErrorMessage": str(told)}
        return success(manner, request_id, fields)
    if not isinstance(told, GatewayRefusal):
        raise TypeError(f"{type(told).__name__} cannot be told in {manner.dialect}")
    content = {
        "RequestId": request_id,
        "HostId": manner.host,
        "Code": told.code,
        "Message": str(told),
    }
    wait = {RETRY_AFTER: str(told.retry_after_ms)} if told.retry_after_ms else {}
    return _aliyun(manner, told.status, "Error", content, wait)


def _top_error(error: TopRefusal, request_id: str) -> dict[str, Any]:
    return {
        "code": error.number,
        "msg": str(error),
        "sub_code": error.sub_code or None,
        "sub_msg": error.sub_message or None,
        "request_id": request_id,
    }


def _aliyun(
    manner: Manner,
    status: int,
    root: str,
    content: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> CloudAnswer:
    as_xml = manner.format is Format.XML
    body = document(root, content) if as_xml else _json(_plain(content))
    return CloudAnswer(status, _TYPES[manner.format], body, headers or {})


def _top(manner: Manner, content: Mapping[str, Any]) -> CloudAnswer:
    if manner.format is Format.JSON:
        body = _json(content)
    else:
        ((root, inner),) = content.items()
        body = document(root, inner)
    return CloudAnswer(200, _TOP_TYPES[manner.format], body)


def _json(content: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(content).encode("utf-8", "replace")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any, *, bare: bool = False) -> Any:
    """Leave out what is None and wrap lists, unless they shall stand `bare`."""
    if type(value) is dict or isinstance(value, Mapping):  # the first is ten times as fast
        return {
            name: item if type(item) in _SCALARS else _plain(item, bare=bare)
            for name, item in value.items()
            if item is not None
        }
    if isinstance(value, Listed):
        items = [_plain(item, bare=bare) for item in value.items]
        if bare:
            return items
        return {value.name: items} if items else {}
    if isinstance(value, list | tuple):
        return [_plain(item, bare=bare) for item in value]
    return value


_SCALARS: Final = frozenset({str, int, float, bool})
