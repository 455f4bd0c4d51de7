"""Zones, lines and orders end to end: a filmed person, a camera, the daemon, a broker.

The film shows somebody who comes in, stands for ten seconds and goes out to the right; then the
room is empty. Played in a loop, every loop is another visitor.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from edge_agent.media import write_h264_clip
from scripts.demonstration.asking import Asker, asking
from scripts.demonstration.stage import Stage, start_broker, start_cameras, start_daemon

pytestmark = [pytest.mark.e2e, pytest.mark.broker, pytest.mark.rtsp, pytest.mark.models,
              pytest.mark.testdata, pytest.mark.timeout(240)]  # fmt: skip

DATA, MIRROR = os.environ.get("EDGE_AGENT_TESTDATA"), os.environ.get("EDGE_AGENT_MODEL_MIRROR")
FILM = Path(DATA or "") / "footage" / "intel_one-by-one-person-detection.mp4"

if not DATA or not MIRROR or not FILM.is_file():
    pytest.skip(
        "needs EDGE_AGENT_MODEL_MIRROR and a filmed person in EDGE_AGENT_TESTDATA",
        allow_module_level=True,
    )

FPS = 10
WALK = slice(30, 240)
"""Frames of the first visitor, with an empty room before and after."""

DRAWN = {
    "hall": {
        "zones": [
            {
                "name": "counter",
                "kind": "till",
                "corners": [[0.4, 0.8], [0.64, 0.8], [0.64, 1], [0.4, 1]],
                "stay_after": "4 s",
            }
        ],
        "lines": [{"name": "way out", "start": [0.645, 1], "end": [0.645, 0.3]}],
    }
}


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("visits")
    with av.open(FILM) as film:
        shown = itertools.islice(film.decode(video=0), WALK.start, WALK.stop)
        frames = [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in shown]
    write_h264_clip(folder / "hall.mp4", frames, fps=FPS)
    with Stage(folder / "run") as stage:
        broker = start_broker(stage)
        cameras = start_cameras(stage, {"hall": folder / "hall.mp4"})
        models = folder / "models"
        start_daemon(stage, cameras=cameras, broker=broker, pack="open", models=models, drawn=DRAWN)
        with asking(broker) as client:
            yield client


def until(what: str, true: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.3)


def told(asker: Asker, kind: str) -> list[dict[str, Any]]:
    return [event["data"] for event in asker.events if event["kind"] == kind]


def test_a_visitor_crosses_the_line_once_and_stood_at_the_till(asker: Asker) -> None:
    def gone() -> list[dict[str, Any]]:
        return [t for t in told(asker, "track.ended") if t["body"] and t["actions"]]

    until("two visitors have gone", lambda: len(gone()) >= 2, 150)
    whole = gone()[1]  # the first may have been inside already when the camera came up
    kinds = [action["type"] for action in whole["actions"]]
    assert sorted(kinds) == ["cross", "enter", "leave", "till"]
    cross = next(action for action in whole["actions"] if action["type"] == "cross")
    assert (cross["line"], cross["zone"], cross["extra"]["direction"]) == (
        "way out", None, "forward",
    )  # fmt: skip
    leave = next(action for action in whole["actions"] if action["type"] == "leave")
    assert (leave["zone"], leave["extra"]["how"]) == ("counter", "walked")
    # each was told by itself, once
    mine = [a for a in told(asker, "action") if a["track"] == whole["track"]]
    assert sorted(a["action"] for a in mine) == sorted(a["id"] for a in whole["actions"])
    tracks = asker.ask("track.query", limit=200)["tracks"]
    (stored,) = [track for track in tracks if track["id"] == whole["track"]]
    assert stored["actions"] == whole["actions"]
    # and whoever stood at the till is tied to what was paid there then, and in a visit
    order = asker.ask("order.put", id="R-1", till="counter", at_ms=leave["at_ms"], amount="9.90")
    assert order["tracks"] == [whole["track"]]
    until("the visit is told", lambda: whole["track"] in _in_visits(asker), 30)


def _in_visits(asker: Asker) -> set[str]:
    return {track for visit in told(asker, "session.updated") for track in visit["tracks"]}
