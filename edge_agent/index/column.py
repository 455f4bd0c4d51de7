"""Growing arrays that never copy what they hold."""

import mmap
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_STEP = 1 << 16


class Column:
    """An array of rows in memory of its own, all zero until they are written.

    The kernel moves its pages when it grows (mremap(2)), so growing needs no second copy and leaves
    none behind: what is overwritten here is gone. Pages that were never written take no memory.

    Attributes:
        rows: (capacity, ...) all there is. Do not keep it across `reserve`.

    Args:
        kind: dtype of the numbers.
        shape: of one row.
    """

    def __init__(self, kind: npt.DTypeLike, shape: Sequence[int] = ()) -> None:
        self._kind = np.dtype(kind)
        self._shape = tuple(shape)
        self.row_bytes = self._kind.itemsize * int(np.prod(self._shape, dtype=np.int64))
        self._memory: mmap.mmap | None = None
        self.rows = np.zeros((0, *self._shape), self._kind)

    def reserve(self, count: int) -> None:
        """Have room for `count` rows.

        Raises:
            MemoryError: the machine has not that much.
        """
        if count <= len(self.rows):
            return
        capacity = -(-max(count, len(self.rows) * 5 // 4) // _STEP) * _STEP
        size = -(-capacity * self.row_bytes // mmap.PAGESIZE) * mmap.PAGESIZE
        self.rows = np.zeros((0, *self._shape), self._kind)  # lets go of the memory
        try:
            if self._memory is None:
                self._memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            else:
                self._memory.resize(size)
        except OSError as error:
            raise MemoryError(f"no memory for {count:,} rows of {self.row_bytes} bytes") from error
        flat = np.frombuffer(self._memory, self._kind, capacity * int(np.prod(self._shape)))
        self.rows = flat.reshape(capacity, *self._shape)

    def give_back(self, start: int, end: int) -> None:
        """Make rows zero and return the pages they fill to the system."""
        self.rows[start:end] = 0
        if self._memory is None:
            return
        first = -(-start * self.row_bytes // mmap.PAGESIZE) * mmap.PAGESIZE
        last = end * self.row_bytes // mmap.PAGESIZE * mmap.PAGESIZE
        if first < last:
            self._memory.madvise(mmap.MADV_DONTNEED, first, last - first)
