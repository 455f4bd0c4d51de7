import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.errors import Refused, TooLarge
from edge_agent.wire.command import (
    Command,
    Request,
    address_of,
    check_topic,
    correlation_field,
    digest_of,
    parse_command,
)
from edge_agent.wire.json_body import DEPTH_LIMIT, PAYLOAD_LIMIT, read_object

ROOT = "edge/v1/t/s/b"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
envelopes = st.dictionaries(
    st.sampled_from(["request_id", "reply_to", "correlation", "expires_at", "limit"]), json_values
)
payloads = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | envelopes.map(lambda value: json.dumps(value).encode())
)


def request(payload: bytes, **changes: Any) -> Request:
    return Request(operation="picture-search.create", payload=payload, **changes)


@given(
    payload=payloads,
    response_topic=st.none() | st.text(),
    correlation=st.none() | st.binary(max_size=2000),
    request_id=st.none() | st.text(max_size=80),
)
def test_whatever_comes_is_read_or_refused(
    payload: bytes, response_topic: str | None, correlation: bytes | None, request_id: str | None
) -> None:
    came = request(
        payload, response_topic=response_topic, correlation=correlation, request_id=request_id
    )
    try:
        command = parse_command(came, ROOT)
    except Refused:
        return
    assert command.address == address_of(came, json.loads(payload), ROOT)
    assert not {"request_id", "reply_to", "correlation", "expires_at"} & command.parameters.keys()


@given(body=envelopes, topic=st.none() | st.text())
def test_an_address_is_found_or_not_but_never_raises(
    body: dict[str, Any], topic: str | None
) -> None:
    address = address_of(request(b"", response_topic=topic), body, ROOT)
    if address.topic is not None:
        check_topic(address.topic, ROOT)


def read(body: dict[str, Any], **changes: Any) -> Command:
    return parse_command(request(json.dumps(body).encode(), **changes), ROOT)


def test_the_body_of_an_old_client() -> None:
    command = read(
        {
            "request_id": "r-1",
            "reply_to": "me/answers",
            "correlation": "c",
            "expires_at": 5,
            "limit": 3,
        }
    )
    assert command.address.topic == "me/answers"
    assert command.address.correlation == b"c"
    assert command.address.request_id == "r-1"
    assert command.expires_ms == 5
    assert command.parameters == {"limit": 3}


def test_properties_count_more_than_the_body() -> None:
    command = read(
        {"request_id": "in", "reply_to": "in", "correlation": "in"},
        response_topic="beside",
        correlation=b"\xff",
        request_id="beside",
    )
    assert command.address.topic == "beside"
    assert command.address.correlation == b"\xff"
    assert command.address.request_id == "beside"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"request_id": 5}, "request_id"),
        ({"request_id": "a b"}, "request_id"),
        ({"request_id": "x" * 65}, "request_id"),
        ({"correlation": 5}, "correlation"),
        ({"correlation": "x" * 1025}, "correlation"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": True}, "expires_at"),
        ({"expires_at": -1}, "expires_at"),
        ({"reply_to": ["a"]}, "reply_to"),
        ({"reply_to": ""}, "reply_to"),
        ({"reply_to": "a/+"}, "reply_to"),
        ({"reply_to": "a/#"}, "reply_to"),
        ({"reply_to": "a\u0000"}, "reply_to"),
        ({"reply_to": "$SYS/x"}, "reply_to"),
        ({"reply_to": "x" * 1025}, "reply_to"),
        ({"reply_to": f"{ROOT}/cmd/box.status"}, "reply_to"),
        ({"reply_to": f"{ROOT}/ack/me"}, "reply_to"),
        ({"reply_to": f"{ROOT}/evt/gap"}, "reply_to"),
        ({"reply_to": f"{ROOT}/state"}, "reply_to"),
        ({"reply_to": ROOT}, "reply_to"),
    ],
)
def test_a_wrong_envelope_names_its_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        read(body)
    assert caught.value.field == field


@pytest.mark.parametrize("topic", ["a", "a/b c", "/", f"{ROOT}/reply/x", f"{ROOT}2/cmd/x", "ü/ß"])
def test_topics_for_answers(topic: str) -> None:
    check_topic(topic, ROOT)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8: byte 0"),
        (b"[]", "must be a JSON object"),
        (b"5", "must be a JSON object"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1, "a": 2}', "names a field twice"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\ud800": 1}', "surrogate"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, f"deeper than {DEPTH_LIMIT}"),
        (b'{"a":' + b"[" * 100_000, f"deeper than {DEPTH_LIMIT}"),
    ],
)
def test_bodies_that_are_refused(payload: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_object(payload)


def test_depth_and_size_at_their_limits() -> None:
    deep = b'{"a":' + b"[" * (DEPTH_LIMIT - 1) + b"]" * (DEPTH_LIMIT - 1) + b"}"
    assert "a" in read_object(deep)
    with pytest.raises(TooLarge, match=str(PAYLOAD_LIMIT)):
        read_object(b" " * (PAYLOAD_LIMIT + 1))


def test_the_digest_does_not_depend_on_the_order() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"a": [1, 2]}) != digest_of({"a": [2, 1]})


def test_correlation_is_repeated_where_it_is_text() -> None:
    assert correlation_field("ü".encode()) == {"correlation": "ü"}
    assert correlation_field(b"\xff") == {}
    assert correlation_field(None) == {}
