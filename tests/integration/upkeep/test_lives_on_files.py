"""A box through any life, killed at any moment: its answers are those of brute force over whoever
it was told to keep, and no file holds a byte of whoever it was told to forget.

`EDGE_AGENT_LIVES=1000` lives so many instead of a few.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from typing_extensions import override

from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import Matches, Where
from tests.integration.storage.builders import DAY_MS, NOON_MS, unit
from tests.support.box_in_parts import KEPT_MS, Person, live

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MODELS = {Part.FACE: "open/face@00000000", Part.BODY: "open/body@00000000"}
CAMERAS = ("door", "till", "aisle")
BEGIN_MS = NOON_MS + 100 * DAY_MS
LIVES = int(os.environ.get("EDGE_AGENT_LIVES", "4"))
ANSWER_S = 30
LATEST_KILL_S = 0.03
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.support.box_in_parts"])

Sent = tuple[Any, ...]
SEEDS = st.integers(0, 1000)
"""What is drawn must not depend on who is left after a kill: that differs from run to run."""


def person(number: int, start_ms: int) -> Person:
    """With one vector or several; the same number is always the same."""
    track, camera = f"{start_ms:012x}{number:020x}", CAMERAS[number % 3]
    parts = [Part.FACE, Part.FACE, Part.BODY][number % 3 :: -1]
    vectors = [
        StoredVector(
            id=f"{start_ms:012x}{at + 1:04x}{number:016x}",
            track=track,
            camera=camera,
            at_ms=start_ms,
            quality=0.5,
            vector=Vector(part, MODELS[part], unit(10 * number + at, 64)),
        )
        for at, part in enumerate(parts)
    ]
    return Person(track, camera, start_ms, vectors)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    part = draw(st.sampled_from(Part))
    start_ms = BEGIN_MS + draw(st.integers(-6, 6)) * DAY_MS
    always = draw(st.booleans())
    where = Where(
        start_ms=0 if always else start_ms,
        end_ms=1 << 62 if always else start_ms + draw(st.integers(0, 6)) * DAY_MS,
        cameras=draw(st.frozensets(st.sampled_from(CAMERAS), max_size=2)),
    )
    return {
        "query": unit(draw(st.integers(0, 100)), 64),
        "part": part,
        "model": MODELS[part],
        "where": where,
        "k": draw(st.integers(1, 30)),
        "threshold": draw(st.sampled_from([-1.0, 0.0])),
    }


def brute_force(people: dict[str, Person], asked: dict[str, Any]) -> list[tuple[str, float]]:
    where, query = asked["where"], asked["query"].astype(np.float64)
    best: dict[str, float] = {}
    for one in people.values():
        in_place = not where.cameras or one.camera in where.cameras
        if not in_place or not where.start_ms <= one.start_ms < where.end_ms:
            continue
        for vector in one.vectors:
            score = float(np.float32(vector.vector.values.astype(np.float64) @ query))
            if vector.vector.part == asked["part"] and score >= asked["threshold"]:
                best[one.track] = max(score, best.get(one.track, -2.0))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[: asked["k"]]


class LivesOnFiles(RuleBasedStateMachine):
    """`here` is the truth; whoever came or went when the box was killed may be either."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now_ms = BEGIN_MS
        self.here: dict[str, Person] = {}
        self.gone: dict[str, Person] = {}
        self.number = 0
        self.process: ForkServerProcess | None = None
        self.orders: Connection[Any, Any]

    @override
    def teardown(self) -> None:
        self._kill()
        self.folder.cleanup()

    def _kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.orders.close()

    def _answer(self) -> Any:
        assert self.orders.poll(ANSWER_S), "the box does not answer"
        return self.orders.recv()

    def _begin(self) -> set[str]:
        """Start a box in the folder; returns who is there."""
        self._kill()
        self.orders, theirs = FORK.Pipe()
        self.process = FORK.Process(target=live, args=(Path(self.folder.name), self.now_ms, theirs))
        self.process.start()
        theirs.close()
        return set(self._answer())

    @initialize()
    def start(self) -> None:
        assert self._begin() == self.here.keys()
        self._look_for_the_forgotten()

    def _killed_at(self, moment: float, order: Sent, changing: dict[str, Person]) -> None:
        """Send, kill, start again; what was under way is done for some of `changing`."""
        self.orders.send(order)
        time.sleep(moment * LATEST_KILL_S)
        left = self._begin()
        assert left ^ self.here.keys() <= changing.keys()
        everybody = self.here | changing
        self.here = {track: everybody[track] for track in sorted(left)}
        self.gone |= {track: one for track, one in everybody.items() if track not in left}
        self._look_for_the_forgotten()

    def _newcomers(self, count: int, days: int) -> list[Person]:
        people = []
        for _ in range(count):
            self.number += 1
            people.append(person(self.number, self.now_ms - days * DAY_MS - self.number))
        return people

    def _some(self, seed: int, count: int) -> dict[str, Person]:
        chance = np.random.default_rng(seed)
        tracks = chance.permutation(sorted(self.here))[:count].tolist()
        return {track: self.here[track] for track in tracks}

    def _go(self, which: Callable[[Person], bool]) -> None:
        self.gone |= {track: one for track, one in self.here.items() if which(one)}
        self.here = {track: one for track, one in self.here.items() if track not in self.gone}
        self._look_for_the_forgotten()

    @rule(count=st.integers(1, 12), days=st.integers(0, 4))
    def come(self, count: int, days: int) -> None:
        people = self._newcomers(count, days)
        self.orders.send(("add", people))
        assert self._answer() == sum(len(one.vectors) for one in people)
        self.here |= {one.track: one for one in people}

    @rule(count=st.integers(1, 6), seed=SEEDS)
    def are_erased(self, count: int, seed: int) -> None:
        some = self._some(seed, count)
        self.orders.send(("erase", sorted(some)))
        assert self._answer() == sum(len(one.vectors) for one in some.values())
        self._go(lambda one: one.track in some)

    @rule(hours=st.integers(1, 40))
    def expire(self, hours: int) -> None:
        self.now_ms += hours * 3_600_000
        old = self._too_old()
        self.orders.send(("expire", hours * 3600))
        assert self._answer() == len(old)
        self._go(lambda one: one.track in old)

    def _too_old(self) -> dict[str, Person]:
        before_ms = self.now_ms - KEPT_MS
        return {track: one for track, one in self.here.items() if one.start_ms + 1 < before_ms}

    @rule(question=questions())
    def ask(self, question: dict[str, Any]) -> None:
        self.orders.send(("ask", question))
        found: Matches = self._answer()
        expected = brute_force(self.here, question)
        assert list(zip(found.tracks, found.scores.tolist(), strict=True)) == expected

    @rule()
    def is_killed(self) -> None:
        self.start()

    @rule(count=st.integers(1, 12), days=st.integers(0, 4), moment=st.floats(0, 1))
    def is_killed_as_people_come(self, count: int, days: int, moment: float) -> None:
        people = {one.track: one for one in self._newcomers(count, days)}
        self._killed_at(moment, ("add", list(people.values())), people)

    @rule(count=st.integers(1, 6), seed=SEEDS, moment=st.floats(0, 1))
    def is_killed_as_they_are_erased(self, count: int, seed: int, moment: float) -> None:
        some = self._some(seed, count)
        self._killed_at(moment, ("erase", sorted(some)), some)

    @rule(hours=st.integers(10, 40), moment=st.floats(0, 1))
    def is_killed_as_they_expire(self, hours: int, moment: float) -> None:
        self.now_ms += hours * 3_600_000
        self._killed_at(moment, ("expire", hours * 3600), self._too_old())

    def _look_for_the_forgotten(self) -> None:
        assert self.process is not None
        files = [path for path in Path(self.folder.name).rglob("*") if path.is_file()]
        nameless = list(_opened(self.process, Path(self.folder.name)))
        assert nameless or not self.here  # the index's own
        held = b"".join(_bytes_of(path) for path in [*files, *nameless])
        bytes_of = {
            vector.id: vector.vector.values.tobytes()
            for one in [*self.gone.values(), *self.here.values()]
            for vector in one.vectors
        }
        left = {own for own, numbers in bytes_of.items() if numbers in held}
        assert left == {vector.id for one in self.here.values() for vector in one.vectors}


def _bytes_of(path: Path) -> bytes:
    """Nothing where it is gone by now: backups are renewed meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _opened(process: ForkServerProcess, folder: Path) -> Iterator[Path]:
    """What a process has open in a folder and no name leads to."""
    for one in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            target = str(one.readlink())
            if target.startswith(str(folder)) and target.endswith(" (deleted)"):
                yield one


TestLivesOnFiles = pytest.mark.timeout(60 + 30 * LIVES)(LivesOnFiles.TestCase)
TestLivesOnFiles.settings = settings(
    max_examples=LIVES,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.generate],  # a kill never comes at the same moment again
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
