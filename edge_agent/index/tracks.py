"""Numbers for tracks, given back when no vector is of them any more."""

from collections.abc import Collection, Sequence

import numpy as np

from edge_agent.index.column import Column
from edge_agent.index.ids import Ids
from edge_agent.index.plan import Ordinals


class Tracks:
    """Which tracks have a vector in the index, and how many."""

    def __init__(self) -> None:
        self._ids = Ids()
        self._uses = Column(np.int32)

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self._ids)

    @property
    def memory_bytes(self) -> int:
        """What they occupy; nothing where there are none."""
        uses = self._uses.row_bytes * self._ids.limit
        return uses + self._ids.memory_bytes if len(self) else 0

    def take(self, names: Sequence[str]) -> Ordinals:
        """(n,) the number of each, with one more use of it."""
        new = [
            name for name, number in zip(names, self._ids.find(names), strict=True) if number < 0
        ]
        self._ids.take(list(dict.fromkeys(new)))
        self._uses.reserve(self._ids.limit)
        numbers = self._ids.find(names)
        np.add.at(self._uses.rows, numbers, 1)
        return numbers

    def give_back(self, numbers: Ordinals) -> None:
        """One use less for each; the last one forgets the name."""
        np.subtract.at(self._uses.rows, numbers, 1)
        unused = np.unique(numbers)
        unused = unused[self._uses.rows[unused] == 0]
        if len(unused):
            self._ids.drop(unused)

    def find(self, names: Collection[str]) -> Ordinals:
        """The numbers of those that are here."""
        numbers = self._ids.find(list(names))
        return np.asarray(numbers[numbers >= 0])

    def name(self, number: int) -> str:
        """The track behind a number that is in use."""
        return self._ids.name(number)
