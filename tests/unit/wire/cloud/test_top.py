"""TOP's track query: its parameter and its answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.wire.cloud import answers
from edge_agent.wire.cloud.errors import TopRefusal
from edge_agent.wire.cloud.received import Dialect, Format, Manner
from edge_agent.wire.cloud.top import (
    GET_BY_TASK,
    TopTrack,
    TrackQuery,
    read_track_query,
    tracks_answer,
)

ASKED = {"risk_task_id": "r", "tenant_code": "租户", "poi_id": "p"}
TRACK = TopTrack(
    track_id="t",
    sensor_id="camera",
    face_oss="http://box/f",
    face_image="http://box/f",
    body_oss="",
    body_image="",
    fragment_id="",
    face_quality="0.91",
    body_integrity="",
    session_id="",
    face_time=5,
    body_time=None,
    start_time=4,
    end_time=6,
)


def query(**changed: object) -> TrackQuery:
    return read_track_query({"param": json.dumps({**ASKED, **changed})})


def test_a_query_is_read() -> None:
    assert query() == TrackQuery(risk_task_id="r", tenant_code="租户", poi_id="p")
    assert query(request_id="q", token=None, more=1).request_id == "q"


@pytest.mark.parametrize("name", ["risk_task_id", "tenant_code", "poi_id"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_member_is_named(name: str, value: str | None) -> None:
    with pytest.raises(TopRefusal, match=f"^Missing required arguments:{name}$") as caught:
        query(**{name: value})
    assert (caught.value.number, caught.value.sub_code) == (40, "")


@pytest.mark.parametrize("parameters", [{}, {"param": ""}])
def test_a_missing_parameter_is_named(parameters: dict[str, str]) -> None:
    with pytest.raises(TopRefusal, match=r"^Missing required arguments:param$"):
        read_track_query(parameters)


@pytest.mark.parametrize("text", ["{", "[]", '"a"', '{"risk_task_id":1}', "[" * 99999, "{}{}"])
def test_what_is_no_object_of_text_is_refused(text: str) -> None:
    with pytest.raises(TopRefusal) as caught:
        read_track_query({"param": text})
    assert (caught.value.number, caught.value.sub_code) == (50, "isv.invalid-parameter")


@given(st.text() | st.dictionaries(st.sampled_from(sorted(ASKED)), st.integers()).map(json.dumps))
def test_whatever_is_asked_ends_as_a_query_or_a_refusal(text: str) -> None:
    try:
        assert read_track_query({"param": text}).poi_id
    except TopRefusal:
        return


def test_the_answer_has_every_field_of_the_contract() -> None:
    manner = Manner(Dialect.TOP, Format.JSON, GET_BY_TASK)
    body = answers.top_success(manner, tracks_answer([TRACK], query(request_id="q"), "ID")).body
    root = "alibaba_security_deepvision_proxy_smartmonitor_fragment_getbytask_response"
    assert json.loads(body)[root] == {
        "result": {
            "datas": [
                {
                    "track_id": "t",
                    "sensor_id": "camera",
                    "face_oss": "http://box/f",
                    "face_image": "http://box/f",
                    "face_quality": "0.91",
                    "face_time": 5,
                    "body_oss": "",
                    "body_image": "",
                    "body_integrity": "",
                    "start_time": 4,
                    "end_time": 6,
                    "fragment_id": "",
                    "session_id": "",
                    "actions": {},
                    "order_ids": {},
                }
            ]
        },
        "resp_request_id": "q",
        "resp_success": True,
        "resp_code": 1,
        "message": "成功",
        "request_id": "ID",
    }


def test_simplified_and_empty() -> None:
    manner = Manner(Dialect.TOP, Format.JSON, GET_BY_TASK, simplify=True)
    body = answers.top_success(manner, tracks_answer([], query(), "ID")).body
    assert json.loads(body)["result"] == []
    assert json.loads(body)["resp_request_id"] == "ID"


def test_actions_and_orders_as_xml() -> None:
    track = TopTrack(
        **{name: getattr(TRACK, name) for name in TRACK.__slots__}
        | {"actions": (("pay", "{}"),), "order_ids": ("1", "2")}
    )
    manner = Manner(Dialect.TOP, Format.XML, GET_BY_TASK)
    text = answers.top_success(manner, tracks_answer([track], query(), "ID")).body.decode()
    assert "<order_ids><string>1</string><string>2</string></order_ids>" in text
    assert (
        "<actions><datas><action_type>pay</action_type><extra_act>{}</extra_act></datas></actions>"
        in text
    )
