"""What a question admits, in words and in the index's own numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which vectors are compared at all.

    Attributes:
        start_ms: pictures taken at or after this time.
        end_ms: pictures taken before this time.
        cameras: only these; empty means all.
        exclude_tracks: none of these.
        also_tracks: these whatever the time: tracks that were in view in the time range though
            their best picture was taken outside of it.
        only_tracks: nothing but these, where it is given.
    """

    start_ms: int = -(1 << 62)
    end_ms: int = 1 << 62
    cameras: frozenset[str] = frozenset()
    exclude_tracks: frozenset[str] = frozenset()
    also_tracks: frozenset[str] = frozenset()
    only_tracks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A `Where` in ordinals; a mask that is None admits everything.

    Attributes:
        cameras: (number of cameras,) which are admitted.
        tracks: (number of tracks,) which are admitted.
        also: (number of tracks,) which are admitted whatever the time.
    """

    start_ms: int
    end_ms: int
    cameras: Mask | None
    tracks: Mask | None
    also: Mask | None


class Ordinals:
    """Small numbers for names, given back when nothing refers to them any more."""

    def __init__(self) -> None:
        self._ordinal: dict[str, int] = {}
        self._names: list[str] = []
        self._uses: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._ordinal)

    def take(self, name: str) -> int:
        """The number of `name`, with one more use of it."""
        ordinal = self._ordinal.get(name)
        if ordinal is None:
            ordinal = self._free.pop() if self._free else len(self._names)
            if ordinal == len(self._names):
                self._names.append("")
                self._uses.append(0)
            self._names[ordinal] = name
            self._ordinal[name] = ordinal
        self._uses[ordinal] += 1
        return ordinal

    def give_back(self, ordinal: int) -> None:
        """One use less; the last one forgets the name."""
        self._uses[ordinal] -= 1
        if self._uses[ordinal] == 0:
            del self._ordinal[self._names[ordinal]]
            self._names[ordinal] = ""
            self._free.append(ordinal)

    def name(self, ordinal: int) -> str:
        """The name behind a number that is in use."""
        return self._names[ordinal]

    def mask(self, names: frozenset[str]) -> Mask:
        """(highest number + 1,) true for these names; unknown names are passed over."""
        mask = np.zeros(len(self._names), bool)
        mask[[self._ordinal[name] for name in names if name in self._ordinal]] = True
        return mask
