"""LinkVisual's picture search: parameters in, data out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.wire.cloud import linkvisual_data
from edge_agent.wire.cloud import picture_search as ps
from edge_agent.wire.cloud.errors import BusinessRefusal, CloudRefusal, GatewayRefusal
from edge_agent.wire.cloud.linkvisual import ACTIONS, read_operation

APP = "a" * 32
JOB = "b" * 32
PAGING = {"PageSize": "10", "CurrentPage": "1"}
QUESTION = {
    "SearchPicUrl": "http://pictures.example/p.jpg?a=b",
    "StartTime": "1",
    "EndTime": "9999999999999",
    "Threshold": "0.5",
}
GOOD: dict[str, dict[str, str]] = {
    "CreatePictureSearchApp": {"Name": "门店-1_a", "Desc": "all doors"},
    "UpdatePictureSearchApp": {"AppInstanceId": APP, "Name": "n", "Description": "d"},
    "QueryPictureSearchApps": PAGING,
    "BindPictureSearchAppWithDevices": {"AppInstanceId": APP, "DeviceIotIds.1": "x"},
    "UnbindPictureSearchAppWithDevices": {"AppInstanceId": APP, "DeviceIotIds.1": "x"},
    "QueryPictureSearchDevices": {"AppInstanceId": APP, **PAGING},
    "QueryPictureSearchAiboxes": {"AppInstanceId": APP, **PAGING},
    "CreatePictureSearchJob": {"AppInstanceId": APP, **QUESTION},
    "GetPictureSearchJobStatus": {"AppInstanceId": APP, "JobId": JOB},
    "QueryPictureSearchJob": {"AppInstanceId": APP, **PAGING},
    "QueryPictureSearchJobResult": {"AppInstanceId": APP, "JobId": JOB, **PAGING},
    "PictureSearchPicture": {"AppInstanceId": APP, **PAGING, **QUESTION, "ContainPicUrl": "True"},
}


def code(action: str, **changed: str) -> str:
    names = {name.replace("_", "."): value for name, value in changed.items()}
    with pytest.raises((GatewayRefusal, BusinessRefusal)) as caught:
        read_operation(action, {**GOOD[action], **names})
    return caught.value.code


def test_there_are_twelve_operations() -> None:
    assert set(ACTIONS) == set(GOOD)
    assert len(ACTIONS) == 12


def test_each_operation_is_read() -> None:
    paging = ps.Paging(page=1, size=10)
    question = ps.Question(
        picture_url="http://pictures.example/p.jpg?a=b",
        start_ms=1,
        end_ms=9999999999999,
        threshold=0.5,
        body_threshold=0.5,
        kind=ps.PictureType.FACE,
    )
    read = {action: read_operation(action, values) for action, values in GOOD.items()}
    assert read == {
        "CreatePictureSearchApp": ps.CreateApp(name="门店-1_a", description="all doors"),
        "UpdatePictureSearchApp": ps.UpdateApp(app=APP, name="n", description="d"),
        "QueryPictureSearchApps": ps.QueryApps(paging=paging),
        "BindPictureSearchAppWithDevices": ps.BindDevices(app=APP, devices=("x",)),
        "UnbindPictureSearchAppWithDevices": ps.UnbindDevices(app=APP, devices=("x",)),
        "QueryPictureSearchDevices": ps.QueryDevices(app=APP, paging=paging),
        "QueryPictureSearchAiboxes": ps.QueryAiboxes(app=APP, paging=paging),
        "CreatePictureSearchJob": ps.CreateJob(app=APP, question=question),
        "GetPictureSearchJobStatus": ps.GetJobStatus(app=APP, job=JOB),
        "QueryPictureSearchJob": ps.QueryJobs(app=APP, paging=paging, status=None),
        "QueryPictureSearchJobResult": ps.QueryJobResult(app=APP, job=JOB, paging=paging),
        "PictureSearchPicture": ps.SearchPicture(app=APP, paging=paging, question=question),
    }


@pytest.mark.parametrize(
    ("action", "name"), [(action, name) for action, values in GOOD.items() for name in values]
)
def test_each_required_parameter_is_required(action: str, name: str) -> None:
    told = f"Missing{name.removesuffix('.1')}"
    assert code(action, **{name: ""}) == told
    without = {key: value for key, value in GOOD[action].items() if key != name}
    with pytest.raises(GatewayRefusal) as caught:
        read_operation(action, without)
    assert (caught.value.code, caught.value.status) == (told, 400)


@pytest.mark.parametrize("action", [action for action in GOOD if "PageSize" in GOOD[action]])
def test_pages_have_limits(action: str) -> None:
    most = 20 if action == "PictureSearchPicture" else 50
    read_operation(action, {**GOOD[action], "PageSize": str(most)})
    for size in ("0", str(most + 1), "-1", "1.0", "٣", "9" * 40):
        assert code(action, PageSize=size) == "InvalidPageSize"
    for page in ("0", "10001", "x"):
        assert code(action, CurrentPage=page) == "InvalidCurrentPage"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SearchPicUrl", "ftp://a/b.jpg"),
        ("SearchPicUrl", "http://a/门.jpg"),
        ("SearchPicUrl", "http://a/ b.jpg"),
        ("SearchPicUrl", "http://" + "a" * 3000),
        ("StartTime", "-1"),
        ("EndTime", "10000000000000"),
        ("Threshold", "1.1"),
        ("Threshold", "nan"),
        ("Threshold", "-0.1"),
        ("BodyThreshold", "2"),
        ("PictureSearchType", "11"),
        ("PictureSearchType", "face"),
    ],
)
def test_questions_have_ranges(name: str, value: str) -> None:
    for action in ("CreatePictureSearchJob", "PictureSearchPicture"):
        assert code(action, **{name: value}) == f"Invalid{name}"


def test_what_the_product_refuses() -> None:
    assert code("CreatePictureSearchJob", StartTime="5", EndTime="5") == "460"
    assert code("CreatePictureSearchJob", PictureSearchType="2") == "460"


def test_bodies_and_their_threshold() -> None:
    more = {"PictureSearchType": "0", "BodyThreshold": "0.25"}
    made = read_operation("CreatePictureSearchJob", {**GOOD["CreatePictureSearchJob"], **more})
    assert isinstance(made, ps.CreateJob)
    assert made.question.kind is ps.PictureType.BODY
    assert (made.question.threshold, made.question.body_threshold) == (0.5, 0.25)


@pytest.mark.parametrize("name", ["a b", "a" * 65, "门" * 33, "<x>", "é"])
def test_names_have_rules(name: str) -> None:
    assert code("CreatePictureSearchApp", Name=name) == "InvalidName"


@pytest.mark.parametrize("name", ["a" * 64, "门" * 32, "A_b-9"])
def test_names_within_the_rules_pass(name: str) -> None:
    made = read_operation("CreatePictureSearchApp", {"Name": name, "Desc": "d"})
    assert made == ps.CreateApp(name=name, description="d")


def test_descriptions_have_a_limit_and_two_names() -> None:
    assert code("CreatePictureSearchApp", Desc="d" * 1025) == "InvalidDesc"
    assert code("UpdatePictureSearchApp", Description="d" * 1025) == "InvalidDescription"


def test_lists_of_devices() -> None:
    action = "BindPictureSearchAppWithDevices"
    many = {f"DeviceIotIds.{number}": f"d{number}" for number in range(1, 21)}
    made = read_operation(action, {"AppInstanceId": APP, **many})
    assert isinstance(made, ps.BindDevices)
    assert made.devices == tuple(f"d{number}" for number in range(1, 21))
    assert code(action, **many, DeviceIotIds_21="d") == "InvalidDeviceIotIds"
    assert code(action, DeviceIotIds_2="") == "InvalidDeviceIotIds"


def test_states_of_jobs() -> None:
    values = GOOD["QueryPictureSearchJob"]
    made = read_operation("QueryPictureSearchJob", {**values, "JobStatus": "3"})
    assert isinstance(made, ps.QueryJobs)
    assert made.status == 3
    assert code("QueryPictureSearchJob", JobStatus="11") == "InvalidJobStatus"


def test_an_unknown_operation() -> None:
    with pytest.raises(GatewayRefusal) as caught:
        read_operation("DeletePictureSearchApp", {})
    assert (caught.value.code, caught.value.status) == ("InvalidAction.NotFound", 404)


@given(
    action=st.sampled_from(sorted(GOOD)),
    changed=st.dictionaries(
        st.sampled_from(
            [
                *sorted({name for values in GOOD.values() for name in values}),
                "BodyThreshold",
                "PictureSearchType",
                "JobStatus",
                "DeviceIotIds.٢",
            ]
        ),
        st.text(max_size=8) | st.sampled_from(["1e99", "0x1", "1_0", "inf", "²", "-0", "00001"]),
    ),
)
def test_whatever_is_asked_ends_as_an_operation_or_a_refusal(
    action: str, changed: dict[str, str]
) -> None:
    try:
        read_operation(action, {**GOOD[action], **changed})
    except CloudRefusal:
        return


@given(total=st.integers(0, 10_000), size=st.integers(1, 50), number=st.integers(1, 10_000))
def test_pages_count_right(total: int, size: int, number: int) -> None:
    written = linkvisual_data.page(ps.Paging(number, size), total, [])
    count = written["PageCount"]
    assert count * size >= total
    assert (count - 1) * size < total or count == 0
    assert set(written) == {"CurrentPage", "PageSize", "Total", "PageCount", "PageData"}


def test_data_as_the_contract_has_it() -> None:
    job: dict[str, Any] = linkvisual_data.job(
        JOB,
        status=3,
        start_ms=1,
        end_ms=2,
        created_ms=3,
        picture_url="http://p",
        threshold=1,
    )
    assert set(job) == {
        "JobId",
        "JobStatus",
        "StartTime",
        "EndTime",
        "CreateTime",
        "SearchPicUrl",
        "Threshold",
    }
    assert isinstance(job["Threshold"], float)
    app = linkvisual_data.app(
        APP, name="n", description="d", created_ms=1, modified_ms=2, template="c" * 32
    )
    assert app["Version"] == "1.0.0"
    hit = linkvisual_data.hit(
        picture_url="u",
        at_ms=1,
        gateway_id="box",
        vector_id="v",
        camera_id="c",
        score=0.75,
        kind=ps.PictureType.BODY,
    )
    assert hit["VectorType"] == 0
    assert hit["DeviceNickName"] is None
