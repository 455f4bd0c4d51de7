import base64
import math
from typing import Any

import pytest

from edge_agent.domain.errors import Refused, TooLarge
from edge_agent.domain.vector import Part
from edge_agent.wire.model import parsed
from edge_agent.wire.picture_search import (
    PICTURE_LIMIT,
    CameraId,
    JobGet,
    PictureSearchCreate,
    TrackQuery,
    decoded,
)

PICTURE = base64.b64encode(b"picture").decode()


def test_defaults() -> None:
    question = parsed(PictureSearchCreate, {"picture": PICTURE}).question()
    assert question.picture == b"picture"
    assert question.parts == frozenset(Part)
    assert question.region is None
    assert (question.start_ms, question.limit, question.cameras) == (0, 50, frozenset())


def test_everything_given() -> None:
    question = parsed(
        PictureSearchCreate,
        {
            "url": "https://example.org/p.jpg",
            "region": [1, 2, 3.5, 4],
            "kinds": ["face"],
            "start_ms": 10,
            "end_ms": 20,
            "cameras": ["door", "till"],
            "app": "shop",
            "threshold": 0.4,
            "body_threshold": 1,
            "limit": 200,
        },
    ).question()
    assert question.region == (1.0, 2.0, 3.5, 4.0)
    assert question.parts == {Part.FACE}
    assert (question.start_ms, question.end_ms) == (10, 20)
    assert question.cameras == {"door", "till"}
    assert (question.threshold, question.body_threshold) == (0.4, 1.0)
    assert (question.app, question.limit) == ("shop", 200)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "picture"),
        ({"url": "https://x/", "track": "0" * 32}, "track"),
        ({"picture": PICTURE, "url": "https://x/"}, "url"),
        ({"picture": ""}, "picture"),
        ({"picture": "no base64!"}, "picture"),
        ({"picture": PICTURE + "\n"}, "picture"),
        ({"picture": "ü"}, "picture"),
        ({"picture": 5}, "picture"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://" + "x" * 2048}, "url"),
        ({"track": "me"}, "track"),
        ({"picture": PICTURE, "region": [1, 2, 3]}, "region"),
        ({"picture": PICTURE, "region": [3, 2, 1, 4]}, "region"),
        ({"picture": PICTURE, "region": [0, 0, 1, math.inf]}, "region.3"),
        ({"picture": PICTURE, "kinds": []}, "kinds"),
        ({"picture": PICTURE, "kinds": ["hat"]}, "kinds.0"),
        ({"picture": PICTURE, "start_ms": 5, "end_ms": 5}, "end_ms"),
        ({"picture": PICTURE, "start_ms": 1.5}, "start_ms"),
        ({"picture": PICTURE, "start_ms": "1"}, "start_ms"),
        ({"picture": PICTURE, "cameras": ["a/b"]}, "cameras.0"),
        ({"picture": PICTURE, "limit": 0}, "limit"),
        ({"picture": PICTURE, "limit": 201}, "limit"),
        ({"picture": PICTURE, "limit": True}, "limit"),
        ({"picture": PICTURE, "threshold": 1.1}, "threshold"),
        ({"picture": PICTURE, "treshold": 0.5}, "treshold"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        parsed(PictureSearchCreate, values).question()
    assert caught.value.field == field
    assert field.split(".", maxsplit=1)[0] in str(caught.value)


def test_all_unknown_fields_are_named() -> None:
    with pytest.raises(Refused, match="unknown field: one, two"):
        parsed(CameraId, {"camera": "a", "one": 1, "two": 2})


def test_pictures_at_the_limit() -> None:
    at_limit = base64.b64encode(bytes(PICTURE_LIMIT)).decode()
    assert len(decoded(at_limit)) == PICTURE_LIMIT
    for more in (1, 2, 3):
        with pytest.raises(TooLarge):
            decoded(base64.b64encode(bytes(PICTURE_LIMIT + more)).decode())


def test_other_parameters() -> None:
    assert parsed(JobGet, {"job": "0" * 32, "limit": 0}).limit == 0
    with pytest.raises(Refused) as caught:
        parsed(TrackQuery, {"start_ms": 9, "end_ms": 8})
    assert caught.value.field == "end_ms"
    with pytest.raises(Refused, match="no attribute 'umbrella'") as caught:
        parsed(TrackQuery, {"attributes": ["hat:no", "umbrella"]})
    assert caught.value.field == "attributes"
