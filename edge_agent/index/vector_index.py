"""The index: what is kept, and what comes nearest to a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.index.block import Block, Entry
from edge_agent.index.plan import Ordinals, Plan, Where

_UNIT_ERROR = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The nearest tracks, best first; of each track its best vector.

    Attributes:
        tracks: ids, each once.
        vectors: id of the vector that came nearest, per track.
        scores: (n,) float32 cosine similarities, falling.
        considered: how many vectors the filter admitted.
    """

    tracks: tuple[str, ...]
    vectors: tuple[str, ...]
    scores: Floats
    considered: int

    def __len__(self) -> int:
        return len(self.tracks)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the index holds.

    Attributes:
        vectors: how many, per part and model.
        tracks: how many have at least one vector.
        memory_bytes: of the arrays.
    """

    vectors: Mapping[tuple[Part, str], int]
    tracks: int
    memory_bytes: int


class _Near(NamedTuple):
    """What one block has to offer: rows that reach the threshold, and their scores."""

    block: Block
    rows: npt.NDArray[np.intp]
    scores: Floats
    considered: int


def _near(block: Block, query: Floats, plan: Plan, threshold: float) -> _Near:
    rows = block.admitted(plan)
    scores = block.scores(query, rows)
    good = np.flatnonzero(scores >= threshold)
    numbers = good + rows.start if isinstance(rows, slice) else rows[good]
    return _Near(block, numbers, scores[good], len(scores))


class VectorIndex:
    """All calls on one thread.

    Attributes:
        complete: everything that `storage` holds is in here; false until `mark_complete`. An
            incomplete index answers all the same, from what it has.
    """

    def __init__(self) -> None:
        self._tables: dict[tuple[Part, str], list[Block]] = {}
        self._dimensions: dict[tuple[Part, str], int] = {}
        self._where_is: dict[str, Block] = {}
        self._tracks = Ordinals()
        self._cameras = Ordinals()
        self._gone: set[str] = set()
        self.complete = False

    @property
    def models(self) -> frozenset[tuple[Part, str]]:
        """The parts and models there are vectors of."""
        return frozenset(key for key, blocks in self._tables.items() if blocks)

    def __len__(self) -> int:
        return len(self._where_is)

    def __contains__(self, vector_id: object) -> bool:
        return vector_id in self._where_is

    def add(self, vectors: Sequence[StoredVector]) -> int:
        """Add vectors in any order of time; those already here are passed over.

        While the index is not complete, those that were forgotten before they came are passed
        over too: a rebuild that read them a moment ago must not bring them back.

        Returns:
            How many were added.

        Raises:
            ValueError: a vector is not of length 1, or not as long as others of its model.
        """
        new: dict[tuple[Part, str], dict[str, StoredVector]] = {}
        for vector in vectors:
            if vector.id not in self._where_is and vector.id not in self._gone:
                key = (vector.vector.part, vector.vector.model)
                new.setdefault(key, {})[vector.id] = vector
        for key, some in new.items():
            self._check(key, list(some.values()))
        for key, some in new.items():
            self._append(key, list(some.values()))
        return sum(len(some) for some in new.values())

    def _check(self, key: tuple[Part, str], vectors: Sequence[StoredVector]) -> None:
        wanted = self._dimensions.get(key, len(vectors[0].vector.values))
        for vector in vectors:
            values = vector.vector.values
            if values.shape != (wanted,):
                raise ValueError(f"{key[1]} has {wanted} numbers per vector, got {values.shape}")
            if not abs(float(values @ values) - 1.0) < _UNIT_ERROR:  # also when not a number
                raise ValueError(f"vector {vector.id} of {key[1]} is not of length 1")

    def _append(self, key: tuple[Part, str], vectors: Sequence[StoredVector]) -> None:
        dimensions = self._dimensions.setdefault(key, len(vectors[0].vector.values))
        blocks = self._tables.setdefault(key, [])
        entries = [
            Entry(
                vector.id,
                vector.at_ms,
                self._cameras.take(vector.camera),
                self._tracks.take(vector.track),
                vector.vector.values,
            )
            for vector in vectors
        ]
        while entries:
            if not blocks or not blocks[-1].room:
                blocks.append(Block(dimensions))
            block = blocks[-1]
            some, entries = entries[: block.room], entries[block.room :]
            block.append(some)
            self._where_is.update((entry.id, block) for entry in some)

    def forget(self, ids: Iterable[str]) -> int:
        """Overwrite these vectors; ids that are not here are passed over.

        Returns:
            How many were here.
        """
        wanted = frozenset(ids)
        if not self.complete:
            self._gone |= wanted
        by_block: dict[Block, set[str]] = {}
        for vector_id in wanted & self._where_is.keys():
            by_block.setdefault(self._where_is.pop(vector_id), set()).add(vector_id)
        for block, some in by_block.items():
            for track in block.remove(frozenset(some)):
                self._tracks.give_back(track)
        for key, blocks in self._tables.items():
            self._tables[key] = [block for block in blocks if block.size]
        return sum(len(some) for some in by_block.values())

    def mark_complete(self) -> None:
        """Say that the rebuild is through and its counts agree with those of `storage`."""
        self.complete = True
        self._gone.clear()

    def search(
        self, query: Floats, *, part: Part, model: str, where: Where, k: int, threshold: float
    ) -> Matches:
        """The `k` nearest tracks under a filter, exactly.

        Args:
            query: (d,) float32 of length 1, made by `model`.
            part: what it shows.
            model: the stamp; vectors of other models are never compared.
            where: which vectors are compared at all; applied before anything is ranked.
            k: how many tracks at the most.
            threshold: lowest cosine similarity of a match.

        Returns:
            Best first; equal scores in the order of the track ids.

        Raises:
            ValueError: the query is not as long as the model's vectors.
        """
        key = (part, model)
        blocks = self._tables.get(key, [])
        if blocks and query.shape != (self._dimensions[key],):
            raise ValueError(f"{model} has {self._dimensions[key]} numbers, got {query.shape}")
        plan = self._plan(where)
        found = [_near(block, query, plan, threshold) for block in blocks]
        return self._best(found, k)

    def _best(self, found: Sequence[_Near], k: int) -> Matches:
        """The best row of each track, then the best `k` of those."""
        considered = sum(near.considered for near in found)
        found = [near for near in found if len(near.rows)]
        if not found or k < 1:
            return Matches((), (), np.empty(0, np.float32), considered)
        scores = np.concatenate([near.scores for near in found])
        tracks = np.concatenate([near.block.tracks[near.rows] for near in found])
        rows = np.concatenate([near.rows for near in found])
        blocks = np.repeat(np.arange(len(found)), [len(near.rows) for near in found])
        falling = np.argsort(-scores, kind="stable")
        _, first = np.unique(tracks[falling], return_index=True)
        best = falling[np.sort(first)]  # the best row of each track, best first
        if len(best) > k:
            best = best[scores[best] >= scores[best[k - 1]]]  # the k best and whoever is as good
        ranked = sorted(
            (-float(scores[at]), self._tracks.name(int(tracks[at])), int(at)) for at in best
        )[:k]
        return Matches(
            tracks=tuple(track for _, track, _ in ranked),
            vectors=tuple(found[blocks[at]].block.ids[rows[at]] for *_, at in ranked),
            scores=np.array([-negative for negative, *_ in ranked], np.float32),
            considered=considered,
        )

    def counts(self) -> Counts:
        """What is in here."""
        return Counts(
            {key: sum(block.size for block in blocks) for key, blocks in self._tables.items()},
            len(self._tracks),
            sum(block.memory_bytes for blocks in self._tables.values() for block in blocks),
        )

    def _plan(self, where: Where) -> Plan:
        tracks = None if where.only_tracks is None else self._tracks.mask(where.only_tracks)
        if where.exclude_tracks:
            kept = ~self._tracks.mask(where.exclude_tracks)
            tracks = kept if tracks is None else tracks & kept
        return Plan(
            start_ms=where.start_ms,
            end_ms=where.end_ms,
            cameras=self._cameras.mask(where.cameras) if where.cameras else None,
            tracks=tracks,
            also=self._tracks.mask(where.also_tracks) if where.also_tracks else None,
        )
