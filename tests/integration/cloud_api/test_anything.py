"""Whatever is sent, what comes back is valid JSON or XML, and no fault of the box."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.cloud_api.door import CloudDoor
from edge_agent.wire.cloud.linkvisual import ACTIONS
from edge_agent.wire.cloud.received import Received
from tests.integration.cloud_api.test_signed_requests import rpc
from tests.support.cloud_box import make_door
from tests.support.remembering import opened_box

NAMES = [
    "AppInstanceId", "JobId", "Name", "Desc", "Description", "PageSize", "CurrentPage",
    "SearchPicUrl", "StartTime", "EndTime", "Threshold", "PictureSearchType", "DeviceIotIds.1",
    "JobStatus", "ContainPicUrl", "SecurityToken",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["", "1", "0", "true", "a" * 32, "http://h/a.jpg", "http://10.0.0.1/"]),
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def door(
    loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CloudDoor]:
    opening = opened_box(tmp_path_factory.mktemp("state"))
    box = loop.run_until_complete(opening.__aenter__())
    yield make_door(box)[0]
    loop.run_until_complete(opening.__aexit__(None, None, None))


def judged(loop: asyncio.AbstractEventLoop, door: CloudDoor, received: Received) -> None:
    answer = loop.run_until_complete(door.answer(received, "http"))
    assert answer.status < 500
    if "xml" in answer.content_type:
        ET.fromstring(answer.body)  # noqa: S314 - the box's own
    else:
        json.loads(answer.body)


@settings(max_examples=150, deadline=None)
@given(
    action=st.sampled_from([*ACTIONS, "Nothing"]),
    values=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8),
    shape=st.sampled_from(["JSON", "XML"]),
)
def test_signed_nonsense(
    loop: asyncio.AbstractEventLoop,
    door: CloudDoor,
    action: str,
    values: dict[str, str],
    shape: str,
) -> None:
    signed = rpc({**values, "Action": action, "Format": shape})
    query = urlencode({name: value.encode("utf-8", "replace") for name, value in signed.items()})
    judged(loop, door, Received.of("GET", "/", query, [("host", "box")], b""))


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(["/", "/router/rest"]),
    query=st.text(max_size=60),
    headers=st.dictionaries(
        st.sampled_from(["authorization", "x-acs-action", "x-acs-date", "content-type", "host"]),
        st.text(max_size=60),
    ),
    body=st.binary(max_size=100),
)
def test_unsigned_nonsense(  # noqa: PLR0917 - what is drawn
    loop: asyncio.AbstractEventLoop,
    door: CloudDoor,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
) -> None:
    judged(loop, door, Received.of("POST", path, query, headers.items(), body))


def asked(
    loop: asyncio.AbstractEventLoop, door: CloudDoor, action: str, **values: str
) -> dict[str, Any]:
    query = urlencode(rpc({**values, "Action": action}))
    answer = loop.run_until_complete(
        door.answer(Received.of("GET", "/", query, [("host", "box")], b""), "http")
    )
    body: dict[str, Any] = json.loads(answer.body)
    assert body["Success"] is True
    return body


def test_pages_of_every_size_are_the_same_list(
    loop: asyncio.AbstractEventLoop, door: CloudDoor
) -> None:
    for number in range(7):
        asked(loop, door, "CreatePictureSearchApp", Name=f"app-{number}", Desc="d")
    whole = asked(loop, door, "QueryPictureSearchApps", PageSize="50", CurrentPage="1")["Data"]
    ids = [app["AppInstanceId"] for app in whole["PageData"]]
    assert len(set(ids)) == whole["Total"] == len(ids)
    assert ids == sorted(ids, reverse=True)
    for size in range(1, len(ids) + 2):
        seen: list[str] = []
        pages = -(-len(ids) // size)
        for page in range(1, pages + 2):
            paging = {"PageSize": str(size), "CurrentPage": str(page)}
            shown = asked(loop, door, "QueryPictureSearchApps", **paging)["Data"]
            assert (shown["Total"], shown["PageCount"]) == (len(ids), pages)
            seen += [app["AppInstanceId"] for app in shown["PageData"]]
        assert seen == ids
