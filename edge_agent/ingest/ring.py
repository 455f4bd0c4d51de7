"""Slots of shared memory for frames: a memfd that both sides map.

The file is as large as all slots together from the start; memory that is never touched is never
taken, so a slot costs what its largest frame needed.
"""

import mmap
import os

import numpy as np

from edge_agent.domain.detection import Image

SLOTS = 2
"""One that is looked at, one that is filled meanwhile."""

CLOSE_UP = SLOTS
"""One more, for pictures of the main stream where a substream is looked at."""

SLOT_BYTES = 3840 * 2160 * 3
"""A 4K frame in BGR; larger ones are scaled down by the worker."""


class Ring:
    """The slots as one side sees them.

    Args:
        file: the memfd; stays the caller's.
        writable: only the worker writes.
    """

    def __init__(self, file: int, *, writable: bool) -> None:
        protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        self._memory = mmap.mmap(file, (SLOTS + 1) * SLOT_BYTES, mmap.MAP_SHARED, protection)

    def image(self, slot: int, width: int, height: int) -> Image:
        """A slot as a picture, (height, width, 3) uint8, a view and no copy.

        Raises:
            ValueError: there is no such slot, or the picture does not fit.
        """
        if not 0 <= slot <= CLOSE_UP or width < 1 or height < 1 or width * height * 3 > SLOT_BYTES:
            raise ValueError(f"slot {slot} cannot hold {width} x {height}")
        flat = np.frombuffer(self._memory, np.uint8, width * height * 3, slot * SLOT_BYTES)
        return flat.reshape(height, width, 3)


def make_memory() -> int:
    """Make the memfd; the caller closes it."""
    file = os.memfd_create("edge-agent-frames", os.MFD_CLOEXEC)
    os.ftruncate(file, (SLOTS + 1) * SLOT_BYTES)
    return file
