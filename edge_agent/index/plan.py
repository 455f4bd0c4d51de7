"""What a question admits, in words and in the index's own numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ordinals = npt.NDArray[np.int64]


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
    """A `Where` in the numbers of tracks and cameras; those that are not here are left out.

    Attributes:
        cameras: which are admitted; None means all.
        without: tracks that are not.
        also: tracks that are, whatever the time.
        only: the only tracks that are; None means all.
    """

    start_ms: int
    end_ms: int
    cameras: Ordinals | None
    without: Ordinals
    also: Ordinals
    only: Ordinals | None
