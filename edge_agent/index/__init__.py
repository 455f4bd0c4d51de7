"""Nearest vectors under any filter; a cache of what `storage` holds.

Design. Per part and model there is one table: columns of time, camera and track beside the numbers.
A question is planned in three steps. Its filter is turned into rows first (`table`): by zones of
4,096 rows whose time span rules them out or lets them in whole, by the camera column, or by the
chains that hold the rows of one track together. Of many rows those are kept whose signs agree best
with the query's (`signs`, native code). What is left is compared, coarsely, finely, and the last
few exactly (`nearest`). So filters apply before top-k, and a filtered search returns k hits
wherever k exist.

What it costs, per vector of d numbers: 1.5 d + 64 bytes for numbers and signs, about 50 for its id
and columns: 547 bytes at 256, measured as resident memory over a million vectors. A track costs
about 30 more. On the disk, 4 d bytes in a file without a name (`exact`).

What is exact. Scores are those of the vectors as they were given, rounded to float32 once. Every
look at a row comes with a bound on what it may be wrong by (`numbers`), which decides who is looked
at more closely. So where up to 16,384 rows are admitted, tracks, their order and scores are those
of brute force. Beyond, the pass over signs may lose a row: 2 of 1,000 at a million made-up faces.

Memory. Columns grow by moving pages, never by copying (`column`), so what is overwritten is gone.
Rows keep their place; a forgotten one is overwritten at once and used again, and where 4,096 in a
row are gone their memory is given back. Ids are kept as 16 bytes (`ids`). The file of exact
vectors is overwritten, too; nobody else can open it, and it ends with the process.

Rejected: hnswlib with a filter in Python (44 ms where comparing the admitted rows takes 0.06 ms,
and it cannot forget); float16 (takes 88 ms to make floats of 100,000 rows in numpy, bytes take 8
ms); signs of the numbers themselves (see `signs`); a second thread (it only spins); reading the
last few from the day files of `storage` (ten times as slow, and a day that is dropped would have to
be closed here first).

Threads: every call on one thread, which belongs to the caller (`runtime.one_thread`).
"""

from edge_agent.index.gallery import Gallery, Neighbour
from edge_agent.index.plan import Where
from edge_agent.index.vector_index import Counts, Matches, VectorIndex

__all__ = ["Counts", "Gallery", "Matches", "Neighbour", "VectorIndex", "Where"]
