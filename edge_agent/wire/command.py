"""One request that came by MQTT, and its answer.

MQTT 5 carries the address of the answer beside the body; a 3.1.1 client puts the same into the
body: `reply_to`, `correlation`, `request_id`, `expires_at`. Where both are given, the properties
of MQTT 5 count. What concerns the answer is read first and by itself (`address_of`), so that even
a request that is refused is answered wherever an answer is possible.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.wire.json_body import read_object
from edge_agent.wire.model import END_OF_TIME_MS

TOPIC_LIMIT = 1024
"""Bytes of a topic that answers are sent to."""

CORRELATION_LIMIT = 1024
"""Bytes of correlation data; they are kept with the job."""

_BESIDE_THE_PARAMETERS = frozenset({"reply_to", "correlation", "request_id", "expires_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came, unread.

    Attributes:
        operation: the last level of the topic.
        response_topic, correlation, request_id: of MQTT 5; None where they were not given.
    """

    operation: str
    payload: bytes
    response_topic: str | None = None
    correlation: bytes | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an answer goes and what it carries.

    Attributes:
        topic: None where the client named none; the answer then goes to `reply/{request_id}`.
        request_id: None where the client gave none that can stand in a topic.
    """

    topic: str | None = None
    correlation: bytes | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A request that has been read; its parameters are still to be checked by its operation.

    Attributes:
        expires_ms: later than this it is not run; None means never.
        digest: sha256 of the parameters, the same for the same parameters in any order.
    """

    operation: str
    address: Address
    parameters: Mapping[str, Any]
    expires_ms: int | None
    digest: str


def address_of(request: Request, body: Mapping[str, Any], root: str) -> Address:
    """Find out where the answer goes; what is unusable counts as not given.

    Args:
        request: as it came.
        body: the JSON object of the request, or an empty one where it could not be read.
        root: of the box's topics; see `check_topic`.
    """
    topic = _first(request.response_topic, body.get("reply_to"))
    correlation = _correlation(request, body)
    request_id = _first(request.request_id, body.get("request_id"))
    fits = correlation is None or len(correlation) <= CORRELATION_LIMIT
    return Address(
        topic=topic if isinstance(topic, str) and _topic_fault(topic, root) is None else None,
        correlation=correlation if fits else None,
        request_id=request_id
        if isinstance(request_id, str) and PLAIN_ID.fullmatch(request_id)
        else None,
    )


def parse_command(request: Request, root: str) -> Command:
    """Read a request.

    Raises:
        Refused: the body is not a JSON object, or something of the envelope is wrong.
        TooLarge: the message is larger than the limit.
    """
    return command_of(request, read_object(request.payload), root)


def command_of(request: Request, body: Mapping[str, Any], root: str) -> Command:
    """Make the command of a request whose body has been read.

    Raises:
        Refused: something of the envelope is wrong.
    """
    _check_envelope(request, body, root)
    parameters = {name: body[name] for name in body if name not in _BESIDE_THE_PARAMETERS}
    return Command(
        operation=request.operation,
        address=address_of(request, body, root),
        parameters=parameters,
        expires_ms=_expiry(body.get("expires_at")),
        digest=digest_of(parameters),
    )


def digest_of(parameters: Mapping[str, Any]) -> str:
    """Sha256 of the parameters, whatever the order of their names."""
    canonical = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_topic(topic: str, root: str) -> None:
    """Say whether answers may be sent to a topic.

    A legal topic without wildcards, and none of the box's own except `reply/…`: an answer that
    arrives as a command, an acknowledgement or an event would make loops and forgeries.

    Raises:
        Refused: they may not.
    """
    fault = _topic_fault(topic, root)
    if fault is not None:
        raise Refused(f"reply_to: {fault}", field="reply_to")


def correlation_field(correlation: bytes | None) -> dict[str, str]:
    """Repeat correlation data in the body where it is text; MQTT 3.1.1 has no other place."""
    if correlation is None:
        return {}
    try:
        return {"correlation": correlation.decode("utf-8")}
    except UnicodeDecodeError:
        return {}


def _first(beside: object, inside: object) -> object:
    return beside if beside is not None else inside


def _correlation(request: Request, body: Mapping[str, Any]) -> bytes | None:
    if request.correlation is not None:
        return request.correlation
    inside = body.get("correlation")
    return inside.encode("utf-8") if isinstance(inside, str) else None


def _check_envelope(request: Request, body: Mapping[str, Any], root: str) -> None:
    for name in ("reply_to", "correlation", "request_id"):
        if name in body and not isinstance(body[name], str):
            raise Refused(f"{name} must be a string", field=name)
    topic = _first(request.response_topic, body.get("reply_to"))
    if isinstance(topic, str):
        check_topic(topic, root)
    correlation = _correlation(request, body)
    if correlation is not None and len(correlation) > CORRELATION_LIMIT:
        raise Refused(f"correlation has more than {CORRELATION_LIMIT} bytes", field="correlation")
    request_id = _first(request.request_id, body.get("request_id"))
    if isinstance(request_id, str) and not PLAIN_ID.fullmatch(request_id):
        raise Refused(f"request_id must match {PLAIN_ID.pattern}", field="request_id")


def _expiry(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= END_OF_TIME_MS:
        raise Refused(
            "expires_at must be milliseconds since 1970 as an integer", field="expires_at"
        )
    return value


def _topic_fault(topic: str, root: str) -> str | None:
    if not 0 < len(topic.encode("utf-8", "replace")) <= TOPIC_LIMIT:
        return f"a topic has 1 to {TOPIC_LIMIT} bytes"
    if any(character in "+#" or not character.isprintable() for character in topic):
        return "a topic for answers has no wildcards and no control characters"
    if topic.startswith("$"):
        return "topics that begin with $ belong to the broker"
    if f"{topic}/".startswith(f"{root}/") and not topic.startswith(f"{root}/reply/"):
        return "this topic is the box's own; use one elsewhere, or none"
    return None
