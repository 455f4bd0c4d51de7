"""From a picture to a ranked answer over 10,000 tracks; the index alone at 10,000 and 100,000.

The whole answer goes through `search.PictureSearches` with a real store, real vision and real
photographs: job row, looking at the picture, index, ranking, result rows. Everybody but those who
are asked for is a random unit vector, which costs as much to compare as a real one. The index
alone is held against numpy reading every vector once (a matrix times the query), in turns. Last,
a whole box is asked over MQTT while four cameras are looked at (not with --quick).
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import Matches, VectorIndex, Where
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.search import PictureSearches, SearchOptions
from edge_agent.search.asked import model_of
from edge_agent.storage.jobs import get_hits
from edge_agent.storage.tracks import add_vector_ref, save_track
from edge_agent.vision.threads import VisionThreads, VisionThreadsOptions
from edge_agent.vision.vision import PackInfo, Vision
from tests.benchmarks.asked_over_mqtt import Asked, asked_over_mqtt
from tests.benchmarks.face_accuracy import Portraits, list_of
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting
from tests.support.remembering import CAMERAS, Box, answering, ended, opened_box

TRACKS = 10_000
SIZES = (10_000, 100_000)
PEOPLE = 12
ROUNDS = 4
TURNS = 15
BEST = 50
NOISE = 0.3
"""Length of what is added to a remembered vector to make a query of it."""

START_MS = 1_700_000_000_000

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer:
    """One question through the whole of the search.

    Attributes:
        seconds: from `create` to the finished job.
        processor: seconds of processor time of the whole process meanwhile.
        first: the track that came first, None where nobody did.
    """

    seconds: float
    processor: float
    first: str | None


def run(setting: Setting) -> Report:
    """Measure the index alone, then whole answers."""
    report = Report("search")
    vision = setting.vision()
    with setting.console.status("the index alone"):
        for size in SIZES:
            _index_alone(report, vision.info, size)
    labelled = setting.need_data() / "labelled"
    people, frames = _people(labelled), sorted(labelled.glob("*/frames/*.jpg"))[:3]
    with (
        setting.console.status(f"asking over {TRACKS:,} tracks"),
        tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder,
    ):
        asyncio.run(_whole_answers(report, vision, people, frames, Path(folder) / "state"))
    if not setting.quick:
        with (
            setting.console.status("asking over MQTT while four cameras are looked at"),
            tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder,
        ):
            _over_mqtt(report, asked_over_mqtt(setting, Path(folder)))
    return report


def _over_mqtt(report: Report, asked: Asked) -> None:
    name = "over MQTT, four cameras"
    report.fact(
        f"{name}, questions, compared with somebody", f"{len(asked.seconds)}, {asked.succeeded}"
    )
    report.fact(f"{name}, people remembered", asked.remembered)
    report.fact(f"{name}, load of the machine", asked.load)
    report.fact(f"{name}, processors the box takes", asked.processor)
    report.fact(f"{name}, median ms", statistics.median(asked.seconds) * 1000)
    for stage, took in asked.stages.items():
        report.fact(f"{name}, {stage}, median ms", statistics.median(took))
    report.target(
        f"{name}, command to hits, p95", quantile(asked.seconds, 0.95) * 1000, "ms", "<= 300"
    )


def _index_alone(report: Report, info: PackInfo, size: int) -> None:
    rows = _unit_rows(size, info.face_dim)
    index = VectorIndex()
    index.add(_stored(rows, Part.FACE, info))
    noise = _unit_rows(TURNS, info.face_dim, seed=1) * NOISE
    queries = rows[:: size // TURNS][:TURNS] + noise
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    mine, filtered, brute, agreed = [], [], [], 0
    for query in queries:
        ours, found = _timed(_search, index, info, query, Where())
        one_camera, _ = _timed(_search, index, info, query, Where(cameras=frozenset(CAMERAS[:1])))
        floor, scores = _timed(np.matmul, rows, query)
        best = np.argsort(-scores, kind="stable")[:BEST]
        best = best[scores[best] >= info.face_threshold]
        agreed += found.tracks == tuple(_track_id(int(row)) for row in best)
        mine.append(ours)
        filtered.append(one_camera)
        brute.append(floor)
    name = f"index, {size:,} x {info.face_dim}"
    report.fact(f"{name}, median ms", statistics.median(mine) * 1000)
    report.fact(f"{name}, one camera of two, ms", statistics.median(filtered) * 1000)
    report.fact(f"{name}, numpy reading all once, ms", statistics.median(brute) * 1000)
    ratio = statistics.median(one / other for one, other in zip(mine, brute, strict=True))
    report.fact(f"{name}, index / numpy", ratio)
    report.target(f"{name}, answers as brute force", agreed / len(queries), "", ">= 1")


def _search(index: VectorIndex, info: PackInfo, query: Floats, where: Where) -> Matches:
    return index.search(
        query,
        part=Part.FACE,
        model=info.face_model,
        where=where,
        k=BEST,
        threshold=info.face_threshold,
    )


def _people(labelled: Path) -> list[list[Path]]:
    """Photographs of some people, two or more of each."""
    lists = sorted(labelled.glob("*/watchlist_1n.txt"))
    known = list_of(lists[0])[0] if lists else {}
    if not known:
        raise SystemExit("there is no watchlist_1n.txt under labelled/: nobody to ask for")
    return list(known.values())[:PEOPLE]


async def _whole_answers(
    report: Report,
    vision: Vision,
    people: Sequence[Sequence[Path]],
    frames: Sequence[Path],
    folder: Path,
) -> None:
    counters = Counters()
    eyes = VisionThreads(vision, VisionThreadsOptions(), SystemClock(), counters)
    try:
        async with opened_box(folder, eyes, SearchOptions()) as box:
            queries = await _remember(box, vision, people)
            searches = box.searches()
            async with answering(searches):
                await _ask(box, searches, next(iter(queries.values())))  # the first one warms up
                asked = [
                    (track, await _ask(box, searches, picture))
                    for _ in range(ROUNDS)
                    for track, picture in queries.items()
                ]
                crowds = [await _ask(box, searches, frame.read_bytes()) for frame in frames]
    finally:
        eyes.close()
    _tell(report, vision, queries, asked)
    if crowds:
        slowest = max(crowd.seconds for crowd in crowds)
        report.fact("whole answer, full frames with several people, slowest ms", slowest * 1000)


async def _ask(box: Box, searches: PictureSearches, picture: bytes) -> Answer:
    began, busy = time.perf_counter(), time.process_time()
    job = await searches.create(PictureQuestion(picture=picture), asker="bench")
    await ended(box, job.id)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    hits = await get_hits(box.store, job.id)
    return Answer(seconds, busy, hits[0].track if hits else None)


def _tell(
    report: Report,
    vision: Vision,
    queries: Mapping[str, bytes],
    asked: Sequence[tuple[str, Answer]],
) -> None:
    seconds = [answer.seconds for _, answer in asked]
    looking = statistics.median(_timed(_look, vision, data)[0] for data in queries.values())
    report.fact("whole answer, portraits asked with", f"{len(queries)}, {ROUNDS} times each")
    report.fact("whole answer, median ms", statistics.median(seconds) * 1000)
    processor = statistics.median(answer.processor for _, answer in asked)
    report.fact("whole answer, processor time, median ms", processor * 1000)
    report.fact("looking at the portrait alone, median ms", looking * 1000)
    report.fact("whole answer / looking alone", statistics.median(seconds) / looking)
    right = sum(answer.first == track for track, answer in asked) / len(asked)
    report.target("whole answer, p95", quantile(seconds, 0.95) * 1000, "ms", "<= 300")
    report.target("whole answer, asked person first", right, "", ">= 0.9")


def _look(vision: Vision, data: bytes) -> None:
    """What cannot be left out: find the person and make the vectors."""
    image = _decoded(data)
    seen = vision.detect_query(image)
    vision.embed_faces(image, seen.faces.landmarks)
    vision.embed_bodies(image, seen.bodies.xyxy)


async def _remember(box: Box, vision: Vision, people: Sequence[Sequence[Path]]) -> dict[str, bytes]:
    """Fill the box; returns another photograph of each real person, by the track to be found."""
    info = vision.info
    bodies = _stored(_unit_rows(TRACKS, info.body_dim, seed=2), Part.BODY, info)
    rows = _unit_rows(TRACKS, info.face_dim, seed=3)
    portraits, queries = Portraits(vision), dict[str, bytes]()
    for number, (first, other, *_) in enumerate(people):
        row = number * (TRACKS // PEOPLE)
        vector = portraits.vector(first)
        if vector is not None:
            rows[row] = vector
            queries[_track_id(row)] = other.read_bytes()
    stored = [*_stored(rows, Part.FACE, info), *bodies]
    await box.store.vectors.write(stored)
    async with box.store.transaction() as tx:
        for row in range(TRACKS):
            await save_track(tx, _track(row))
        for vector_row in stored:
            await add_vector_ref(tx, vector_row)
    await box.index_thread.call(box.index.add, stored)
    return queries


def _stored(rows: Floats, part: Part, info: PackInfo) -> list[StoredVector]:
    return [
        StoredVector(
            id=f"{part}{number}",
            track=_track_id(number),
            camera=CAMERAS[number % len(CAMERAS)],
            at_ms=START_MS + number * 1000,
            quality=0.8,
            vector=Vector(part, model_of(info, part), row),
        )
        for number, row in enumerate(rows)
    ]


def _track(number: int) -> Track:
    return Track(
        id=_track_id(number),
        camera=CAMERAS[number % len(CAMERAS)],
        start_ms=START_MS + number * 1000,
        end_ms=START_MS + number * 1000 + 5000,
        state=TrackState.ENDED,
        face=None,
        body=None,
        fragment=None,
    )


def _track_id(number: int) -> str:
    return f"{number:032x}"


def _unit_rows(count: int, length: int, seed: int = 0) -> Floats:
    rows = np.random.default_rng(seed).standard_normal((count, length), np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _decoded(data: bytes) -> Image:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit("a photograph of the watch list cannot be decoded")
    return np.asarray(picture, np.uint8)


def _timed(work: Callable[..., R], *arguments: object) -> tuple[float, R]:
    began = time.perf_counter()
    answer = work(*arguments)
    return time.perf_counter() - began, answer
