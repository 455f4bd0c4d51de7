"""The index: what is kept, and what comes nearest to a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.index.exact import Exact, InFile, InMemory
from edge_agent.index.nearest import Near, all_rows, nearest
from edge_agent.index.plan import Plan, Where
from edge_agent.index.shadow import Shadow, random_row
from edge_agent.index.table import Entries, Table
from edge_agent.index.tracks import Tracks

_UNIT_ERROR = 1e-2
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_WEEK_MS = 7 * _DAY_MS

Key = tuple[Part, str]


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
        memory_bytes: what all of it occupies.
    """

    vectors: Mapping[Key, int]
    tracks: int
    memory_bytes: int


class VectorIndex:
    """All calls on one thread.

    Attributes:
        complete: everything that `storage` holds is in here; false until `mark_complete`. An
            incomplete index answers all the same, from what it has.
        expected: how many vectors it is going to hold, where somebody has told.

    Args:
        folder: where files without a name may lie (`exact`); with None, the vectors themselves are
            held in memory, which is made for few.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._tables: dict[Key, Table] = {}
        self._tracks = Tracks()
        self._cameras: dict[str, int] = {}
        self._gone: set[str] = set()
        self.complete = False
        self.expected: int | None = None

    @property
    def models(self) -> frozenset[Key]:
        """The parts and models there are vectors of."""
        return frozenset(self._tables)

    def __len__(self) -> int:
        return sum(len(table) for table in self._tables.values())

    @property
    def share(self) -> float | None:
        """How much of what `storage` holds is in here, 0 to 1; None where nobody has told.

        It is 1 where the index is complete and nowhere else.
        """
        if self.complete:
            return 1.0
        return min(len(self) / self.expected, 0.999) if self.expected else None

    def __contains__(self, vector_id: object) -> bool:
        return isinstance(vector_id, str) and bool(self._known([vector_id]))

    def _known(self, ids: Sequence[str]) -> set[str]:
        known: set[str] = set()
        for table in self._tables.values():
            places = np.flatnonzero(table.ids.find(ids) >= 0)
            known.update(ids[place] for place in places.tolist())
        return known

    def add(self, vectors: Sequence[StoredVector]) -> int:
        """Add vectors in any order of time; those already here are passed over.

        While the index is not complete, those that were forgotten before they came are passed
        over too: a rebuild that read them a moment ago must not bring them back.

        Returns:
            How many were added.

        Raises:
            ValueError: a vector is not of length 1, or not as long as others of its model.
        """
        here = self._known([vector.id for vector in vectors]) | self._gone
        new: dict[Key, dict[str, StoredVector]] = {}
        for vector in vectors:
            if vector.id not in here:
                key = (vector.vector.part, vector.vector.model)
                new.setdefault(key, {})[vector.id] = vector
        values = {key: self._checked(key, list(some.values())) for key, some in new.items()}
        for key, some in new.items():
            self._append(key, list(some.values()), values[key])
        return sum(len(some) for some in new.values())

    def _checked(self, key: Key, vectors: Sequence[StoredVector]) -> Floats:
        """(n, d) their numbers."""
        table = self._tables.get(key)
        wanted = table.dimensions if table else len(vectors[0].vector.values)
        for vector in vectors:
            if vector.vector.values.shape != (wanted,):
                got = vector.vector.values.shape
                raise ValueError(f"{key[1]} has {wanted} numbers per vector, got {got}")
        values = np.stack([vector.vector.values for vector in vectors]).astype(np.float32)
        whole = np.abs(np.einsum("ij,ij->i", values, values) - 1.0) < _UNIT_ERROR
        if not whole.all():  # also when not numbers
            wrong = vectors[int(np.flatnonzero(~whole)[0])].id
            raise ValueError(f"vector {wrong} of {key[1]} is not of length 1")
        return values

    def _append(self, key: Key, vectors: Sequence[StoredVector], values: Floats) -> None:
        if key not in self._tables:
            self._tables[key] = Table(values.shape[1], self._exact(values.shape[1]))
        cameras = [
            self._cameras.setdefault(vector.camera, len(self._cameras)) for vector in vectors
        ]
        self._tables[key].add(
            Entries(
                ids=[vector.id for vector in vectors],
                at_ms=np.array([vector.at_ms for vector in vectors], np.int64),
                cameras=np.array(cameras, np.int64),
                tracks=self._tracks.take([vector.track for vector in vectors]),
                values=values,
            )
        )

    def _exact(self, dimensions: int) -> Exact:
        return InMemory(dimensions) if self._folder is None else InFile(dimensions, self._folder)

    def forget(self, ids: Iterable[str]) -> int:
        """Overwrite these vectors; ids that are not here are passed over.

        Returns:
            How many were here.
        """
        wanted = list(dict.fromkeys(ids))
        if not self.complete:
            self._gone.update(wanted)
        forgotten = 0
        for key, table in list(self._tables.items()):
            rows = table.ids.find(wanted)
            rows = rows[rows >= 0]
            if len(rows):
                self._tracks.give_back(table.forget(rows))
                forgotten += len(rows)
            if not len(table):
                del self._tables[key]
        return forgotten

    def mark_complete(self) -> None:
        """Say that the rebuild is through and its counts agree with those of `storage`."""
        self.complete = True
        self._gone.clear()

    def search(
        self, query: Floats, *, part: Part, model: str, where: Where, k: int, threshold: float
    ) -> Matches:
        """The `k` nearest tracks under a filter.

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
        table = self._tables.get((part, model))
        if table is None:
            return Matches((), (), np.empty(0, np.float32), 0)
        if query.shape != (table.dimensions,):
            raise ValueError(f"{model} has {table.dimensions} numbers, got {query.shape}")
        admitted = table.admitted(self._plan(where))
        if k < 1 or not admitted.count:
            return Matches((), (), np.empty(0, np.float32), admitted.count)
        near = nearest(table, query, admitted, k, threshold)
        return self._best(table, near, k, admitted.count)

    def shadow(self, chance: np.random.Generator, k: int) -> Shadow | None:
        """Ask for whoever is near a random vector of others, under a random filter, and answer.

        Returns:
            What holds the answer against all rows; None where there is nothing to ask about.
        """
        if not self._tables:
            return None
        part, model = sorted(self._tables)[chance.integers(len(self._tables))]
        table = self._tables[part, model]
        row = random_row(table, chance)
        sight, query = table.sight(row), table.numbers.values(np.array([row]))[0]
        camera = next(name for name, number in self._cameras.items() if number == sight.camera)
        around_ms = int(chance.choice([_HOUR_MS, _DAY_MS, _WEEK_MS]))
        own = frozenset({self._tracks.name(sight.track)})
        where = [
            Where(exclude_tracks=own),
            Where(exclude_tracks=own, cameras=frozenset({camera})),
            Where(
                exclude_tracks=own,
                start_ms=sight.at_ms - around_ms,
                end_ms=sight.at_ms + around_ms,
            ),
        ][chance.integers(3)]
        found = self.search(query, part=part, model=model, where=where, k=k, threshold=-2.0)
        rows = all_rows(table, table.admitted(self._plan(where)))
        return Shadow(table, query, rows, answered=found.scores, wanted=k)

    def _best(self, table: Table, near: Near, k: int, considered: int) -> Matches:
        """The best row of each track, then the best `k` of those."""
        falling = np.argsort(-near.scores, kind="stable")
        _, first = np.unique(table.tracks(near.rows)[falling], return_index=True)
        best = falling[np.sort(first)]  # the best row of each track, best first
        if len(best) > k:  # the k best and whoever is as good
            best = best[near.scores[best] >= near.scores[best[k - 1]]]
        tracks = table.tracks(near.rows[best]).tolist()
        ranked = sorted(
            (-float(near.scores[at]), self._tracks.name(track), int(near.rows[at]))
            for at, track in zip(best, tracks, strict=True)
        )[:k]
        return Matches(
            tracks=tuple(track for _, track, _ in ranked),
            vectors=tuple(table.ids.name(row) for *_, row in ranked),
            scores=np.array([-negative for negative, *_ in ranked], np.float32),
            considered=considered,
        )

    def counts(self) -> Counts:
        """What is in here."""
        return Counts(
            {key: len(table) for key, table in self._tables.items()},
            len(self._tracks),
            sum(table.memory_bytes for table in self._tables.values()) + self._tracks.memory_bytes,
        )

    def _plan(self, where: Where) -> Plan:
        cameras = [self._cameras[name] for name in where.cameras if name in self._cameras]
        return Plan(
            start_ms=where.start_ms,
            end_ms=where.end_ms,
            cameras=np.array(cameras, np.int64) if where.cameras else None,
            without=self._tracks.find(where.exclude_tracks),
            also=self._tracks.find(where.also_tracks),
            only=None if where.only_tracks is None else self._tracks.find(where.only_tracks),
        )
