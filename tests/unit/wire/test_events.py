import base64

import numpy as np

from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.domain.job import Job, JobState, PictureQuestion
from edge_agent.domain.track import Fragment, FragmentState, Shot, Track, TrackState
from edge_agent.domain.vector import Part, Vector
from edge_agent.wire import answers, event_data, events

LINKS = "https://box/"


class Links:
    def picture(self, picture: str, /) -> str:
        return f"{LINKS}p/{picture}"

    def clip(self, fragment: str, /) -> str:
        return f"{LINKS}c/{fragment}"

    def thumbnail(self, fragment: str, /) -> str:
        return f"{LINKS}t/{fragment}"

    def watched(self, picture: str, /) -> str:
        return f"{LINKS}w/{picture}"

    def recognised(self, hit: str, /) -> str:
        return f"{LINKS}r/{hit}"


TRACK = Track(
    id="t1",
    camera="door",
    start_ms=1,
    end_ms=9,
    state=TrackState.ENDED,
    face=Shot(part=Part.FACE, picture="p1", at_ms=5, quality=0.5),
    body=None,
    fragment="f1",
)


def row(kind: EventKind, data: dict[str, object]) -> OutboxRow:
    return OutboxRow(epoch="e", seq=7, event_id="x", kind=kind, at_ms=3, data=data)


def test_a_track_gets_its_links_when_it_leaves() -> None:
    stored = events.track_ended(TRACK)
    assert "url" not in stored["face"] or stored["face"]["url"] is None
    sent = events.with_links(
        events.envelope(row(EventKind.TRACK_ENDED, stored), historical=True), Links()
    )
    assert sent["data"]["face"]["url"] == "https://box/p/p1"
    assert sent["data"]["clip_url"] == "https://box/c/f1"
    assert sent["data"]["body"] is None
    assert (sent["epoch"], sent["seq"], sent["at"], sent["historical"]) == ("e", 7, 3, True)
    event_data.Envelope.model_validate(sent)
    event_data.TrackEnded.model_validate(sent["data"])
    assert stored["clip_url"] is None


def test_vectors_travel_as_float16() -> None:
    values = np.array([0.6, 0.8], np.float32)
    data = events.track_ended(TRACK, [Vector(part=Part.FACE, model="m@1", values=values)])
    numbers = np.frombuffer(base64.b64decode(data["vectors"][0]["float16"]), "<f2")
    np.testing.assert_allclose(numbers, values, atol=1e-3)


def test_a_lost_clip_has_no_link() -> None:
    clip = Fragment(
        id="f1",
        camera="door",
        start_ms=1,
        end_ms=2,
        state=FragmentState.LOST,
        path="x",
        size=0,
        codec="",
    )
    message = events.envelope(
        row(EventKind.FRAGMENT_CLOSED, events.fragment_closed(clip, ["t1"])), historical=False
    )
    assert events.with_links(message, Links())["data"]["clip_url"] is None


def test_jobs_cameras_alarms_and_gaps() -> None:
    job = Job(
        id="j",
        kind="picture-search",
        state=JobState.FAILED,
        progress=1,
        created_ms=1,
        finished_ms=2,
        asker="mqtt",
        question=PictureQuestion(),
        hits=0,
        people=None,
        pack=None,
        error_code="unavailable",
        error_message="away",
    )
    assert events.job_finished(job)["error"] == {
        "code": "unavailable",
        "message": "away",
        "field": None,
    }
    shown = answers.job(job)
    assert shown.error is not None
    assert shown.error.code == "unavailable"
    assert events.camera_changed("door", 5, "gone")["since_ms"] == 5
    assert events.box_alarm("disk", "full") == {"about": "disk", "message": "full"}
    assert events.gap("c", 1, 9) == {"consumer": "c", "from_seq": 1, "to_seq": 9}
    assert set(event_data.DATA) == set(EventKind)
