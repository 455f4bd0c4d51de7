"""The vectors as they were given, in float32, for the few of which the final score is told.

They lie in a file that has no name: nobody else can open it, and it is gone with the process,
however that ends. 1 KB a vector of 256 numbers would be too much to hold in memory, and from a file
that the system caches a row takes 2 µs. Without a folder they are held in memory.

A disk that fails or is full costs no more than the last digits: the file is given up, and scores
are told from what memory holds (`numbers`) until the next start.
"""

import logging
import os
import tempfile
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.index.column import Column
from edge_agent.index.signs import Positions

log = logging.getLogger(__name__)


class Exact(Protocol):
    """Rows of float32."""

    @property
    def row_bytes(self) -> int:
        """What a row occupies in memory."""

    def write(self, rows: Positions, values: Floats) -> None:
        """Put (n, d) vectors into rows."""

    def wipe(self, rows: Positions) -> None:
        """Overwrite rows."""

    def read(self, rows: Positions) -> Floats | None:
        """(n, d) the vectors; None where they cannot be told any more."""


class InMemory:
    """For few vectors."""

    def __init__(self, dimensions: int) -> None:
        self._column = Column(np.float32, (dimensions,))

    @property
    def row_bytes(self) -> int:
        """What a row occupies in memory."""
        return self._column.row_bytes

    def write(self, rows: Positions, values: Floats) -> None:
        """Put (n, d) vectors into rows."""
        self._column.reserve(int(rows.max()) + 1)
        self._column.rows[rows] = values

    def wipe(self, rows: Positions) -> None:
        """Overwrite rows."""
        self._column.rows[rows] = 0

    def read(self, rows: Positions) -> Floats:
        """(n, d) the vectors."""
        return np.asarray(self._column.rows[rows])


class InFile:
    """For many; the file is on the disk of `folder`."""

    row_bytes = 0

    def __init__(self, dimensions: int, folder: Path) -> None:
        self._dimensions = dimensions
        self._size = 4 * dimensions
        self._file: int | None = None
        try:
            self._file = _nameless(folder)
        except OSError as error:
            self._give_up(error)
        else:
            self._close = weakref.finalize(self, os.close, self._file)

    def write(self, rows: Positions, values: Floats) -> None:
        """Put (n, d) vectors into rows."""
        order = np.argsort(rows)
        rows, data = rows[order], np.ascontiguousarray(values[order], np.float32)
        breaks = (np.flatnonzero(np.diff(rows) != 1) + 1).tolist()
        try:
            for first, last in pairwise([0, *breaks, len(rows)]):
                self._put(data[first:last], int(rows[first]))
        except OSError as error:
            self._give_up(error)

    def _put(self, data: Floats, row: int) -> None:
        left, at = data.data.cast("B"), row * self._size
        while self._file is not None and left:
            written = os.pwrite(self._file, left, at)
            left, at = left[written:], at + written

    def wipe(self, rows: Positions) -> None:
        """Overwrite rows."""
        self.write(rows, np.zeros((len(rows), self._dimensions), np.float32))

    def read(self, rows: Positions) -> Floats | None:
        """(n, d) the vectors; None where they cannot be told any more."""
        if self._file is None:
            return None
        found = np.empty((len(rows), self._dimensions), np.float32)
        try:
            for into, row in zip(found, rows.tolist(), strict=True):
                if os.preadv(self._file, [into.data], row * self._size) != self._size:
                    raise OSError(f"row {row} is cut short")
        except OSError as error:
            self._give_up(error)
            return None
        return found

    def _give_up(self, error: OSError) -> None:
        log.warning("the file of exact vectors is given up, scores are good to 0.0008: %s", error)
        if self._file is not None:
            self._file = None
            self._close()


def _nameless(folder: Path) -> int:
    """A file that no folder names, also where the file system has no way to make one at once."""
    try:
        return os.open(folder, os.O_RDWR | os.O_TMPFILE | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        file, name = tempfile.mkstemp(dir=folder)
        os.unlink(name)  # noqa: PTH108 - beside mkstemp
        return file
