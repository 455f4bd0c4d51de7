"""Answers: the bytes that the contract shows, and nothing that is not JSON or XML."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.errors import (
    AgentError,
    Busy,
    NotAuthorised,
    NotFound,
    Refused,
    TooLarge,
    Unavailable,
)
from edge_agent.wire.cloud import answers, errors
from edge_agent.wire.cloud.answers import CloudAnswer, Listed
from edge_agent.wire.cloud.received import Dialect, Format, Manner

JSON = Manner(Dialect.ACS3, Format.JSON, "QueryPictureSearchApps", "box:8800")
XML = Manner(Dialect.RPC, Format.XML, "QueryPictureSearchApps", "box:8800")
TOP_JSON = Manner(Dialect.TOP, Format.JSON, "alibaba.x.get", "box")
TOP_SIMPLE = Manner(Dialect.TOP, Format.JSON, "alibaba.x.get", "box", simplify=True)
TOP_XML = Manner(Dialect.TOP, Format.XML, "taobao.x.get", "box")
PAGE = {"Total": 2, "PageData": [{"Name": "a<b"}, {"Name": "门"}], "Absent": None}

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["A", "Bc", "d_e"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def loaded(answer: CloudAnswer) -> Any:
    return json.loads(answer.body)


def test_json_of_linkvisual() -> None:
    answer = answers.linkvisual_success(JSON, "ID", PAGE)
    assert (answer.status, answer.content_type) == (200, "application/json;charset=utf-8")
    assert answer.body.decode() == (
        '{"RequestId":"ID","Success":true,"Code":"200",'
        '"Data":{"Total":2,"PageData":[{"Name":"a<b"},{"Name":"门"}]}}'
    )


def test_xml_of_linkvisual() -> None:
    answer = answers.linkvisual_success(XML, "ID", PAGE)
    assert answer.content_type == "text/xml;charset=utf-8"
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><QueryPictureSearchAppsResponse>'
        "<RequestId>ID</RequestId><Success>true</Success><Code>200</Code><Data><Total>2</Total>"
        "<PageData><Name>a&lt;b</Name></PageData><PageData><Name>门</Name></PageData></Data>"
        "</QueryPictureSearchAppsResponse>"
    )


def test_an_operation_without_data_has_none() -> None:
    assert loaded(answers.linkvisual_success(JSON, "ID")) == {
        "RequestId": "ID",
        "Success": True,
        "Code": "200",
    }


def test_json_of_an_error() -> None:
    answer = answers.refusal(JSON, "ID", errors.missing("PageSize"))
    assert (answer.status, answer.content_type) == (400, "application/json;charset=utf-8")
    assert loaded(answer) == {
        "RequestId": "ID",
        "HostId": "box:8800",
        "Code": "MissingPageSize",
        "Message": "PageSize is mandatory for this action.",
    }
    assert answer.headers == {}


def test_xml_of_an_error() -> None:
    answer = answers.refusal(XML, "ID", errors.gateway("InvalidAccessKeyId.NotFound"))
    assert (answer.status, answer.content_type) == (404, "text/xml;charset=utf-8")
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>ID</RequestId>'
        "<HostId>box:8800</HostId><Code>InvalidAccessKeyId.NotFound</Code>"
        "<Message>Specified access key is not found.</Message></Error>"
    )


def test_throttling_says_when_to_come_again() -> None:
    answer = answers.refusal(JSON, "ID", errors.throttled(2500))
    assert answer.status == 400
    assert answer.headers == {"x-acs-retry-after": "2500"}
    assert loaded(answer)["Code"] == "Throttling.User"


def test_a_business_refusal_is_an_answer() -> None:
    answer = answers.refusal(JSON, "ID", errors.BusinessRefusal(*errors.TENANT_ERROR))
    assert answer.status == 200
    assert loaded(answer) == {
        "RequestId": "ID",
        "Success": False,
        "Code": "403",
        "ErrorMessage": "tenant auth error.",
    }


FIELDS = {
    "result": Listed("datas", ({"id": "1", "orders": Listed("string", ("o", "p"))}, {"id": "2"})),
    "none": Listed("datas", ()),
    "resp_code": 1,
}


def test_lists_of_top_are_wrapped() -> None:
    answer = answers.top_success(TOP_JSON, FIELDS)
    assert (answer.status, answer.content_type) == (200, "text/javascript;charset=UTF-8")
    assert loaded(answer) == {
        "alibaba_x_get_response": {
            "result": {"datas": [{"id": "1", "orders": {"string": ["o", "p"]}}, {"id": "2"}]},
            "none": {},
            "resp_code": 1,
        }
    }


def test_simplified_top_has_no_root_and_bare_lists() -> None:
    assert loaded(answers.top_success(TOP_SIMPLE, FIELDS)) == {
        "result": [{"id": "1", "orders": ["o", "p"]}, {"id": "2"}],
        "none": [],
        "resp_code": 1,
    }


def test_xml_of_top() -> None:
    answer = answers.top_success(TOP_XML, FIELDS)
    assert answer.content_type == "text/xml;charset=UTF-8"
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><x_get_response><result>'
        "<datas><id>1</id><orders><string>o</string><string>p</string></orders></datas>"
        "<datas><id>2</id></datas></result><none></none><resp_code>1</resp_code></x_get_response>"
    )


@pytest.mark.parametrize("manner", [TOP_JSON, TOP_SIMPLE])
def test_json_of_an_error_of_top(manner: Manner) -> None:
    answer = answers.refusal(manner, "ID", errors.unknown_app_key())
    assert answer.status == 200
    assert loaded(answer)["error_response"] == {
        "code": 29,
        "msg": "Invalid app Key",
        "sub_code": "isv.appkey-not-exists",
        "sub_msg": "appkey does not exist",
        "request_id": "ID",
    }


def test_xml_of_an_error_of_top() -> None:
    answer = answers.refusal(TOP_XML, "ID", errors.missing_argument("param"))
    assert answer.status == 200
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><error_response><code>40</code>'
        "<msg>Missing required arguments:param</msg><request_id>ID</request_id></error_response>"
    )


@pytest.mark.parametrize(
    ("error", "status", "code", "number"),
    [
        (Refused("picture: no"), 400, "InvalidParameter", 50),
        (TooLarge("too much"), 400, "InvalidParameter", 50),
        (NotFound("no job"), 200, "403", 50),
        (NotAuthorised("no"), 403, "Forbidden.RAM", 11),
        (Busy("full"), 400, "Throttling.User", 7),
        (Unavailable("away"), 503, "ServiceUnavailable", 10),
        (AgentError("broken"), 500, "InternalError", 15),
        (errors.throttled(), 400, "Throttling.User", 7),
    ],
)
def test_our_errors_in_their_words(error: AgentError, status: int, code: str, number: int) -> None:
    answer = answers.refusal(JSON, "ID", errors.linkvisual_refusal(error))
    assert (answer.status, loaded(answer)["Code"]) == (status, code)
    told = answers.refusal(TOP_JSON, "ID", errors.top_refusal(error))
    assert loaded(told)["error_response"]["code"] == number


def test_request_ids_are_upper_case_uuids() -> None:
    made = {answers.new_request_id() for _ in range(10)}
    assert len(made) == 10
    pattern = "[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}"
    assert all(re.fullmatch(pattern, each) for each in made)


@given(value=VALUES, message=st.text())
def test_every_answer_can_be_read(value: Any, message: str) -> None:
    for manner in (JSON, XML, TOP_JSON, TOP_SIMPLE, TOP_XML):
        fields = {"Data": value, "Text": message}
        made = [
            answers.refusal(manner, "ID", errors.GatewayRefusal("Code", 400, message))
            if manner.dialect is not Dialect.TOP
            else answers.refusal(manner, "ID", errors.invalid_argument(message)),
            answers.top_success(manner, fields)
            if manner.dialect is Dialect.TOP
            else answers.success(manner, "ID", fields),
        ]
        for answer in made:
            if manner.format is Format.JSON:
                json.loads(answer.body)
            else:
                ET.fromstring(answer.body)  # noqa: S314 - our own


@given(text=st.text(st.characters(codec="utf-8")))
def test_json_gives_text_back_as_it_was(text: str) -> None:
    assert loaded(answers.success(JSON, "ID", {"Text": text}))["Text"] == text


@given(text=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z"))))
def test_xml_gives_text_back_as_it_was(text: str) -> None:
    body = answers.success(XML, "ID", {"Text": text}).body
    found = ET.fromstring(body).findtext("Text")  # noqa: S314 - our own
    assert found == text


def xml_keeps(text: str) -> str:
    """The text as XML 1.0 can hold it, by its own table of characters (2.2)."""

    def kept(character: str) -> bool:
        point = ord(character)
        return point in {0x9, 0xA, 0xD} or (
            0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point > 0xFFFF
        )

    return "".join(character if kept(character) else "\ufffd" for character in text)


@given(code=st.from_regex(r"[A-Z][A-Za-z.]{0,30}", fullmatch=True), message=st.text(), wait=...)
def test_a_refusal_is_read_back_as_it_was_told(code: str, message: str, wait: bool) -> None:  # noqa: FBT001
    told = errors.GatewayRefusal(code, 400, message, retry_after_ms=7 * wait)
    as_json, as_xml = (answers.refusal(manner, "ID", told) for manner in (JSON, XML))
    content = loaded(as_json)
    encodable = message.encode("utf-8", "replace").decode()
    assert (content["Code"], content["Message"]) == (code, encodable)
    root = ET.fromstring(as_xml.body)  # noqa: S314 - our own
    assert [each.tag for each in root] == ["RequestId", "HostId", "Code", "Message"]
    assert (root.findtext("Code"), root.findtext("Message")) == (code, xml_keeps(message))
    for answer in (as_json, as_xml):
        assert answer.headers == ({answers.RETRY_AFTER: "7"} if wait else {})


@given(message=st.text())
def test_a_refusal_of_top_is_read_back_as_it_was_told(message: str) -> None:
    told = errors.TopRefusal(50, "isv.invalid-parameter", message)
    content = loaded(answers.refusal(TOP_JSON, "ID", told))["error_response"]
    encodable = message.encode("utf-8", "replace").decode()
    assert (content["code"], content.get("sub_msg", "")) == (50, encodable)
    root = ET.fromstring(answers.refusal(TOP_XML, "ID", told).body)  # noqa: S314 - our own
    assert (root.findtext("code"), root.findtext("sub_msg") or "") == ("50", xml_keeps(message))
