"""An index through any life: vectors come, go and expire, it crashes and is filled anew."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from edge_agent.domain.vector import Part, StoredVector
from edge_agent.index import VectorIndex, Where
from edge_agent.index.exact import InFile
from tests.unit.index.test_vector_index import (
    BODY,
    FACE,
    brute_force,
    query,
    stored,
    wheres,
)

NUMBERS = st.lists(st.integers(0, 400), max_size=60, unique=True)
KINDS = ((Part.FACE, FACE), (Part.BODY, BODY))


def sight(number: int) -> StoredVector:
    part, model = KINDS[number % 4 == 0]
    camera = "till" if number % 3 else "door"
    return stored(
        number, track=number % 10, camera=camera, at_ms=number % 61, model=model, part=part
    )


class Lives(RuleBasedStateMachine):
    """Truth is what `storage` would hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.truth: dict[str, StoredVector] = {}
        self.ever: dict[str, StoredVector] = {}
        self.unread: list[StoredVector] = []  # what a rebuild has not added yet
        self.index = VectorIndex(Path(self.folder.name))
        self.index.mark_complete()

    @override
    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(numbers=NUMBERS)
    def come(self, numbers: list[int]) -> None:
        # ids are made once: one that went never comes again
        some = [sight(number) for number in numbers if f"v{number:04}" not in self.ever]
        self.ever |= {one.id: one for one in some}
        self.truth |= {one.id: one for one in some}
        self.index.add(some)

    def _go(self, which: Callable[[StoredVector], bool]) -> None:
        gone = [one.id for one in self.truth.values() if which(one)]
        self.index.forget(gone)
        for identity in gone:
            del self.truth[identity]

    @rule(numbers=NUMBERS)
    def go(self, numbers: list[int]) -> None:
        self._go(lambda one: int(one.id[1:]) in numbers)

    @rule(before_ms=st.integers(0, 61))
    def expire(self, before_ms: int) -> None:
        self._go(lambda one: one.at_ms < before_ms)

    @rule(chance=st.randoms(use_true_random=False))
    def crash(self, chance: np.random.Generator) -> None:
        self.index = VectorIndex(Path(self.folder.name))
        self.unread = list(self.truth.values())
        chance.shuffle(self.unread)

    @precondition(lambda self: self.unread)
    @rule(count=st.integers(1, 60))
    def rebuild(self, count: int) -> None:
        # storage read these before some of them were forgotten
        self.index.add(self.unread[:count])
        self.unread = self.unread[count:]
        if not self.unread:
            self.index.mark_complete()

    @precondition(lambda self: not self.index.complete and not self.unread)
    @rule()
    def nothing_to_rebuild(self) -> None:
        self.index.mark_complete()

    @rule(
        kind=st.sampled_from(KINDS),
        where=wheres(),
        k=st.integers(1, 8),
        threshold=st.sampled_from([-1.0, 0.2]),
        seed=st.integers(0, 5),
    )
    def ask(
        self, kind: tuple[Part, str], where: Where, k: int, threshold: float, seed: int
    ) -> None:
        part, model = kind
        asked = query(seed)
        found = self.index.search(
            asked, part=part, model=model, where=where, k=k, threshold=threshold
        )
        unread = {one.id for one in self.unread}
        here = [one for one in self.truth.values() if one.id not in unread or one.id in self.index]
        best = brute_force(here, asked, model, where, threshold)
        expected = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
        assert list(zip(found.tracks, found.scores.tolist(), strict=True)) == expected

    @invariant()
    def counts_agree(self) -> None:
        unread = {one.id for one in self.unread if one.id not in self.index}
        assert len(self.index) == len(self.truth.keys() - unread)
        assert all(
            (identity in self.index) == (identity in self.truth)
            for identity in self.ever.keys() - unread
        )

    @invariant()
    def no_bytes_of_what_went_are_left(self) -> None:
        held = b""
        for table in self.index._tables.values():
            exact = table._exact
            assert isinstance(exact, InFile)
            assert exact._file is not None
            held += os.pread(exact._file, 1 << 20, 0)
        for identity, one in self.ever.items():
            if identity not in self.truth:
                assert one.vector.values.tobytes() not in held
        assert not list(Path(self.folder.name).iterdir())


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
