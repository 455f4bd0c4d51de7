"""Watch lists: from the frame in which somebody is recognised to the hit, through the whole box.

Data: `labelled/*/watchlist_1n.txt` (see `face_accuracy`). A film shows photographs of people one by
one; some of them are on a list by another photograph of theirs, some are strangers, and more people
are on the list who never come. Everything is real: RTSP server, daemon, broker, and an https server
that takes webhooks. A hit is right where its person is shown at that moment; how many come out of
the models alone stands in `bench accuracy`. `--quick` shows a third of the people.
"""

import asyncio
import base64
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.media import encode_jpeg, write_h264_clip
from edge_agent.runtime.clock import SystemClock
from scripts.demonstration.asking import Asker, NoAnswer, asking
from scripts.demonstration.scenes import HEIGHT, PORTRAIT, WIDTH, shown_portrait
from scripts.demonstration.stage import Stage, start_broker, start_cameras, start_daemon
from tests.benchmarks.face_accuracy import list_of
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting
from tests.support.https import local_certificate, own_certificate
from tests.support.receiver import Receiver, receiving

FPS = 15
SHOWN_S, EMPTY_S = 3.0, 4.5
"""Longer empty than the tracker waits for somebody: whoever comes next is another track."""

LISTED, STRANGERS, NEVER = 12, 12, 20
PLACES = ((120, 160), (480, 200), (840, 160))
KEY = b"a key of twenty-four bytes"
LOOK_S = 0.005
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody in the film.

    Attributes:
        entry: who, where the person is on the list.
        picture: what is shown.
        start_s: within the film.
    """

    entry: str | None
    picture: Path
    start_s: float


@dataclass(slots=True)
class Heard:
    """What reached the subscriber, in the order of arrival.

    Attributes:
        hits: data of the events.
        at_ms: when each arrived.
    """

    hits: list[dict[str, Any]] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)


def run(setting: Setting) -> Report:
    """Show the film once and hold what came against it."""
    report = Report("watchlist")
    lists = sorted(setting.need_data().glob("labelled/*/watchlist_1n.txt"))
    if not lists:
        raise SystemExit("there is no labelled/*/watchlist_1n.txt under EDGE_AGENT_TESTDATA")
    known, strangers = list_of(lists[0])
    share = 3 if setting.quick else 1
    names = sorted(known)[: LISTED // share + NEVER]
    coming = names[: LISTED // share]
    scenes = _scenes({name: known[name][1] for name in coming}, strangers[: STRANGERS // share])
    listed = {name: [known[name][0], *known[name][2:]] for name in names}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as scratch:
        folder = Path(scratch)
        with setting.console.status("writing the film"):
            write_h264_clip(folder / "door.mp4", _frames(scenes), fps=FPS)
        with setting.console.status(f"{len(scenes)} people come and go, {_length_s(scenes):.0f} s"):
            heard, told, tracks = asyncio.run(_watch(setting, folder, scenes, listed))
    _tell(report, scenes, heard, told, tracks)
    report.fact("people on the list", len(listed))
    return report


def _scenes(coming: Mapping[str, Path], strangers: Sequence[Path]) -> list[Scene]:
    """Turn and turn about: somebody of the list, a stranger."""
    shown: list[tuple[str | None, Path]] = []
    others = iter(strangers)
    for name, picture in coming.items():
        shown.append((name, picture))
        stranger = next(others, None)
        if stranger is not None:
            shown.append((None, stranger))
    return [
        Scene(entry, picture, EMPTY_S + number * (SHOWN_S + EMPTY_S))
        for number, (entry, picture) in enumerate(shown)
    ]


def _length_s(scenes: Sequence[Scene]) -> float:
    return scenes[-1].start_s + SHOWN_S + EMPTY_S


def _frames(scenes: Sequence[Scene]) -> Iterator[Image]:
    shade = np.linspace(96, 150, HEIGHT, dtype=np.uint8)[:, None, None]
    wall = np.broadcast_to(shade, (HEIGHT, WIDTH, 3))
    empty, shown = round(EMPTY_S * FPS), round(SHOWN_S * FPS)
    for number, scene in enumerate(scenes):
        for _ in range(empty):
            yield wall.copy()
        portrait = shown_portrait(_read(scene.picture))
        x, y = PLACES[number % len(PLACES)]
        for step in range(shown):
            frame, left = wall.copy(), x + step
            frame[y : y + PORTRAIT, left : left + PORTRAIT] = portrait
            yield frame
    for _ in range(empty):
        yield wall.copy()


def _read(path: Path) -> Image:
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path}: no such picture")
    return np.asarray(picture, np.uint8)


def _middle(picture: Image) -> Image:
    """Where the person stands whom the photograph is of; others are in some of them as well."""
    height, width = picture.shape[:2]
    return picture[height // 5 : height * 4 // 5, width // 5 : width * 4 // 5].copy()


async def _watch(
    setting: Setting, folder: Path, scenes: Sequence[Scene], listed: Mapping[str, Sequence[Path]]
) -> tuple[Heard, Receiver, dict[str, int]]:
    """What was heard by MQTT and by webhook, and the first sight of each track."""
    secure = local_certificate(folder / "host" / "tls").context()
    host = Receiver(KEY)
    with Stage(folder / "run") as stage:
        async with receiving(host, secure):
            broker = start_broker(stage)
            webhook = {
                "name": "bench",
                "url": f"https://127.0.0.1:{host.port}/hooks/store?shop=7",
                "events": ["watchlist.hit"],
                "secret": KEY.decode(),
                "ca_file": str(own_certificate(folder / "host")),
                "networks": ["127.0.0.0/8"],
            }
            cameras = start_cameras(stage, {"door": folder / "door.mp4"})
            start_daemon(
                stage,
                cameras=cameras,
                broker=broker,
                pack=setting.pack if setting.pack != "auto" else "open",
                models=folder / "models",
                more={"webhooks": [webhook]},
            )
            with asking(broker) as client:
                # the film begins when the camera is first asked for it
                await asyncio.to_thread(client.ask, "camera.disable", camera="door")
                await asyncio.to_thread(_fill, client, listed)
                await asyncio.to_thread(client.ask, "camera.enable", camera="door")
                heard = await _listen(client, _length_s(scenes) + 10)
                answer = await asyncio.to_thread(client.ask, "track.query", limit=200)
    return heard, host, {track["id"]: track["start_ms"] for track in answer["tracks"]}


def _fill(client: Asker, listed: Mapping[str, Sequence[Path]]) -> None:
    client.ask(
        "watchlist.create",
        id="bench",
        name="bench",
        owner="bench",
        reason="a measurement",
        expires_ms=_CLOCK.now_ms() + 3_600_000,
    )
    for name, pictures in listed.items():
        if not any(_takes(client, name, picture) for picture in pictures):
            raise SystemExit(f"no photograph of {name} shows one face")


def _takes(client: Asker, name: str, picture: Path) -> bool:
    """Whether the box takes a photograph, which it does not where others are in it as well."""
    shown = base64.b64encode(encode_jpeg(_middle(_read(picture)), 95)).decode()
    try:
        client.ask("watchlist.entry.create", list="bench", id=name, name=name, pictures=[shown])
    except NoAnswer as error:
        if "faces" in str(error):
            return False
        raise
    return True


async def _listen(client: Asker, seconds: float) -> Heard:
    """Note when each hit was there, to `LOOK_S`."""
    heard, seen = Heard(), 0
    until = _CLOCK.monotonic() + seconds
    while _CLOCK.monotonic() < until:
        events, now_ms = client.events[seen:], _CLOCK.now_ms()
        seen += len(events)
        for event in events:
            if event["kind"] == "watchlist.hit":
                heard.hits.append(event["data"])
                heard.at_ms.append(now_ms)
        await asyncio.sleep(LOOK_S)
    return heard


def _tell(
    report: Report,
    scenes: Sequence[Scene],
    heard: Heard,
    told: Receiver,
    tracks: Mapping[str, int],
) -> None:
    shown = {scene.entry: scene.start_s * 1000 for scene in scenes if scene.entry}
    guesses = [hit["at_ms"] - shown[hit["entry"]] for hit in heard.hits if hit["entry"] in shown]
    began_ms = statistics.median(guesses) if guesses else 0.0
    right = [hit for hit in heard.hits if _is_right(hit, shown, began_ms)]
    found = {hit["entry"] for hit in right}
    report.fact("people shown who are on the list", len(shown))
    report.fact("strangers shown", len(scenes) - len(shown))
    report.fact("tracks", len(tracks))
    report.fact("threshold", heard.hits[0]["threshold"] if heard.hits else None)
    report.fact(
        "stated false alarm rate", heard.hits[0]["false_alarm_rate"] if heard.hits else None
    )
    report.target("people of the list told", len(found) / len(shown), "share", ">= 0.9")
    report.target("false hits", len(heard.hits) - len(right), "", "<= 0")
    report.target("told more than once in a visit", len(right) - len(found), "", "<= 0")
    if not right:
        return
    recognised = [at - hit["at_ms"] for hit, at in zip(heard.hits, heard.at_ms, strict=True)]
    sighted = [
        at - tracks[hit["track"]]
        for hit, at in zip(heard.hits, heard.at_ms, strict=True)
        if hit["track"] in tracks
    ]
    hooked = [
        at - message["data"]["at_ms"] for message, at in zip(told.messages, told.at_ms, strict=True)
    ]
    for name, values in (
        ("recognised frame to MQTT subscriber", recognised),
        ("recognised frame to webhook", hooked),
        ("first frame of the track to MQTT subscriber", sighted),
    ):
        report.fact(f"{name}, median ms", statistics.median(values))
        report.target(f"{name}, p95", quantile(values, 0.95), "ms", "<= 2000")
    report.target("hits that came by webhook too", len(hooked) / len(heard.hits), "", ">= 1")


def _is_right(hit: Mapping[str, Any], shown: Mapping[str, float], began_ms: float) -> bool:
    """Whether the person was in the picture then; the film's beginning is known to a second."""
    if hit["entry"] not in shown:
        return False
    into_ms = hit["at_ms"] - began_ms - shown[hit["entry"]]
    return bool(-1500 <= into_ms <= SHOWN_S * 1000)
