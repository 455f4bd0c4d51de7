"""Nearest vectors under any filter; a cache of what `storage` holds.

Design. Per part and model there is one table: columns of time, camera and track beside the numbers.
A question is planned in three steps. Its filter is turned into rows first (`table`): by zones of
4,096 rows whose time span rules them out or lets them in whole, by the camera column, or by the
chains that hold the rows of one track together. Of many rows those are kept whose signs agree best
with the query's (`signs`, native code). What is left is compared, coarsely, then finally
(`nearest`). So filters apply before top-k, and a filtered search returns k hits wherever k exist.

What it costs, per vector of d numbers: 1.5 d + 64 bytes for numbers and signs, about 50 for its id
and columns: 547 bytes at 256, measured as resident memory over a million vectors. A track costs
about 30 more.

What is exact. Up to 16,384 admitted rows are all compared, and the final score is wrong by 0.00003
on average, since a number is kept in 12 bits (`numbers`); two tracks that are nearer to each other
than that may change places. Beyond, the pass over signs may lose a row: 2 of 1,000 at a million
made-up faces. How many it loses on a running box is not measured yet.

Memory. Columns grow by moving pages, never by copying (`column`), so what is overwritten is gone.
Rows keep their place; a forgotten one is overwritten at once and used again, and where 4,096 in a
row are gone their memory is given back. Ids are kept as 16 bytes (`ids`).

Rejected: hnswlib with a filter in Python (44 ms where comparing the admitted rows takes 0.06 ms,
and it cannot forget); float16 (takes 88 ms to make floats of 100,000 rows in numpy, bytes take 8
ms); signs of the numbers themselves (see `signs`); a second thread (it only spins).

Threads: every call on one thread, which belongs to the caller (`runtime.one_thread`).
"""

from edge_agent.index.gallery import Gallery, Neighbour
from edge_agent.index.plan import Where
from edge_agent.index.vector_index import Asked, Counts, Matches, VectorIndex

__all__ = ["Asked", "Counts", "Gallery", "Matches", "Neighbour", "VectorIndex", "Where"]
