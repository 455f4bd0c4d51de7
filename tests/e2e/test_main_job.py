"""The main job end to end: two cameras, a broker, the daemon, real weights, and kills in between.

Everything runs as separate processes, started as the demonstration starts them; the test speaks to
the box only as a client would.
"""

import base64
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest
from rich.console import Console

from edge_agent.domain.detection import Image
from scripts.demonstration.asking import Asker, BrokerAddress, asking
from scripts.demonstration.cast import Cast, cast_from_test_data
from scripts.demonstration.footage import scenes_of
from scripts.demonstration.questions import Outcome, Questions
from scripts.demonstration.stage import Stage, start_broker, start_cameras, start_daemon

pytestmark = [pytest.mark.e2e, pytest.mark.broker, pytest.mark.rtsp, pytest.mark.models,
              pytest.mark.testdata, pytest.mark.timeout(300)]  # fmt: skip

DATA, MIRROR = os.environ.get("EDGE_AGENT_TESTDATA"), os.environ.get("EDGE_AGENT_MODEL_MIRROR")

if not DATA or not MIRROR:
    pytest.skip("needs EDGE_AGENT_TESTDATA and EDGE_AGENT_MODEL_MIRROR", allow_module_level=True)


class Box:
    """The running box and what is around it."""

    def __init__(self, stage: Stage, cast: Cast, clips: dict[str, Path]) -> None:
        self.stage = stage
        self.cast = cast
        self.broker: BrokerAddress = start_broker(stage)
        self.cameras = start_cameras(stage, clips)
        self.port = 0
        self.start_daemon()

    def start_daemon(self) -> None:
        self.port = start_daemon(
            self.stage,
            cameras=self.cameras,
            broker=self.broker,
            pack="open",
            models=self.stage.folder.parent / "models",
            port=self.port,
        )

    def workers(self) -> set[int]:
        """Process ids of the daemon's workers."""
        found = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if b"edge_agent.ingest.worker" in words and parent == self.stage.pid("edge-agent"):
                found.add(int(entry.name))
        return found


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    cast = cast_from_test_data(Path(DATA or ""))
    assert cast is not None
    clips = scenes_of(cast, folder / "scenes", Console(quiet=True))
    with Stage(folder / "run") as stage:
        yield Box(stage, cast, clips)


def until(what: str, true: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.3)


def rightly_answered(box: Box, asker: Asker, within: float) -> list[Outcome]:
    """Ask everything until every answer is right: who is asked for may still be on the way."""
    questions = Questions(asker, box.cast, f"127.0.0.1:{box.port}", Console(quiet=True))
    answers: list[Outcome] = []

    def right() -> bool:
        answers[:] = questions.all()
        return all(outcome.right for outcome in answers)

    until("every answer is right", right, within)
    return answers


def seen_on(asker: Asker, camera: str) -> set[str]:
    tracks = asker.ask("track.query", limit=200, cameras=[camera])["tracks"]
    return {t["id"] for t in tracks if t["face"] or t["body"]}


def test_nothing_that_was_acknowledged_is_lost_and_the_right_person_is_found(box: Box) -> None:
    stage = box.stage
    with asking(box.broker) as asker:
        until("cameras deliver", lambda: len(box.workers()) == 2, 30)
        until("people on both", lambda: all(seen_on(asker, c) for c in box.cameras), 60)

        # kill -9 of one worker: it comes back, the other camera goes on undisturbed.
        victim, other = sorted(box.workers())
        os.kill(victim, signal.SIGKILL)
        until("another worker", lambda: len(box.workers() - {victim}) == 2, 30)
        assert other in box.workers()
        until("camera.down and camera.up are told", lambda: _blinked(asker) is not None, 30)
        steady = next(camera for camera in box.cameras if camera != _blinked(asker))
        before = seen_on(asker, steady)
        until("the other camera goes on", lambda: seen_on(asker, steady) > before, 40)

        until("everybody is remembered", lambda: len(seen_on(asker, "entrance")) >= 24, 120)
        first = rightly_answered(box, asker, within=120)
        finished = asker.ask("picture-search.get", job=first[0].job)
        acknowledged = _tracks(asker)

    # kill -9 of the broker: nobody listens for a while, the box goes on remembering.
    stage.kill("broker")
    time.sleep(6)
    start_broker(stage, again=box.broker)
    # kill -9 of the daemon while events wait.
    stage.kill("edge-agent")
    box.start_daemon()

    with asking(box.broker) as asker:
        until("what nobody had read arrives", lambda: bool(_tracks(asker) - acknowledged), 60)
        sequence = [event["seq"] for event in asker.events]
        assert max(sequence) - min(sequence) + 1 == len(set(sequence))
        known = {t["id"] for c in box.cameras for t in _every_track(asker, c)}
        assert acknowledged <= known
        again = asker.ask("picture-search.get", job=first[0].job)
        assert again["hits"][0]["track"] == finished["hits"][0]["track"]
        rightly_answered(box, asker, within=20)


def look_out_for(asker: Asker, photograph: Image) -> None:
    height, width = photograph.shape[:2]  # at the edges others are in the photograph
    alone = photograph[height // 5 : height * 4 // 5, width // 5 : width * 4 // 5]
    picture = base64.b64encode(cv2.imencode(".jpg", alone)[1].tobytes()).decode()
    expires_ms = round(time.time() * 1000) + 3_600_000  # noqa: TID251 - a client's own clock
    wanted = {"name": "x", "owner": "desk", "reason": "test", "expires_ms": expires_ms}
    asker.ask("watchlist.create", id="wanted", **wanted)
    asker.ask("watchlist.entry.create", list="wanted", id="x", pictures=[picture])


def test_who_is_looked_for_is_found_although_the_box_was_killed(box: Box) -> None:
    jpeg = cv2.imencode(".jpg", box.cast.face.picture)[1].tobytes()
    picture = base64.b64encode(jpeg).decode()
    with asking(box.broker) as asker:
        rightly_answered(box, asker, within=150)
        criteria = {"picture": picture, "kinds": ["face"], "cameras": ["entrance"]}
        look_out_for(asker, box.cast.face.picture)
        begun = asker.ask("risk-task.create", criteria=criteria)
        box.stage.kill("edge-agent")
        before_the_kill = asker  # who is in view may be told at once
    assert (begun["search"]["state"], begun["track_count"]) == ("waiting", 0)
    box.start_daemon()

    with asking(box.broker) as asker:

        def task() -> dict[str, Any]:
            return asker.ask("risk-task.get", id=begun["id"], limit=200)

        def members() -> set[str]:
            return {track["id"] for track in task()["tracks"]}

        until("it was searched for", lambda: task()["search"]["state"] == "complete", 60)
        until("its end is told", lambda: begun["id"] in _searched(asker), 30)
        hits = asker.search(jpeg, kinds=["face"], cameras=["entrance"], limit=200)["hits"]
        assert hits
        until("a search finds nobody else", lambda: {h["track"] for h in hits} <= members(), 30)
        until("the person came by again", lambda: members() > {h["track"] for h in hits}, 120)
        # and whoever is on a list is told once for the visit, with links to the face
        until("the hit is told", lambda: len(_told_of(before_the_kill, asker)) > 0, 30)
        (hit,) = _told_of(before_the_kill, asker)
        assert (hit["list"], hit["entry"], hit["camera"]) == ("wanted", "x", "entrance")
        assert hit["score"] >= hit["threshold"]
        (visit,) = asker.ask("watchlist.hits", list="wanted")["hits"]
        assert (visit["id"], visit["tracks"][0]) == (hit["hit"], hit["track"])
        closed = asker.ask("risk-task.change", id=begun["id"], state="closed")
        assert closed["state"] == "closed"
        asker.ask("risk-task.delete", id=begun["id"])


def _searched(asker: Asker) -> set[str]:
    """The tasks whose search was told to have succeeded."""
    ends = [e["data"] for e in asker.events if e["kind"] == "job.finished"]
    return {e["job"] for e in ends if (e["kind"], e["state"]) == ("risk-task", "succeeded")}


def _told_of(*askers: Asker) -> list[dict[str, Any]]:
    """The visits that were told; an event that came twice, before and after a kill, counts once."""
    events = {e["seq"]: e for asker in askers for e in asker.events}.values()
    return [event["data"] for event in events if event["kind"] == "watchlist.hit"]


def _blinked(asker: Asker) -> str | None:
    """The camera that was told to be down and then up again, if any."""
    down = set()
    for event in asker.events:
        camera = event["data"].get("camera")
        if event["kind"] == "camera.down":
            down.add(camera)
        if event["kind"] == "camera.up" and camera in down:
            return str(camera)
    return None


def _tracks(asker: Asker) -> set[str]:
    return {e["data"]["track"] for e in asker.events if e["kind"] == "track.ended"}


def _every_track(asker: Asker, camera: str) -> Iterator[dict[str, object]]:
    after: dict[str, object] = {}
    while True:
        page = asker.ask("track.query", limit=200, cameras=[camera], **after)
        yield from page["tracks"]
        if page["next"] is None:
            return
        after = {"after": page["next"]}
