"""Nearest vectors under any filter, exactly; a cache of what `storage` holds.

Design. Per part and model there is one table, a table is a list of blocks of 4,096 rows, and a
block holds the vectors as one float32 matrix beside the columns that questions filter by (time,
camera, track). A question is planned block by block: the block's time span rules it out or lets it
in whole, else the rows are found (by bisection where the block is in time order, as it nearly
always is), then only those rows are multiplied with the query. So filters apply before top-k, and
a filtered search returns k hits wherever k exist.

Why blocks: growing never copies (a matrix grown by half needs 2.5 times its size for a moment, and
leaves stale copies of vectors in freed memory), and forgetting overwrites and closes the gap in one
block only. Nothing of a forgotten vector remains in the index's memory.

What it costs, per vector of d numbers: 4 d + 16 bytes of columns and about 250 bytes for its id.
Measured on one core of a shared machine: 200,000 x 128 unfiltered in 7 ms, under a filter that
admits 1 % in 0.5 ms.

Rejected for now: hnswlib with a filter in Python (44 ms where the exact scan of the admitted
rows takes 0.06 ms, and it cannot forget). A compact first pass (sign bits or int8) for tables past
some hundred thousand rows belongs into `Block.scores`; the planner above it stays.

Threads: every call on one thread, which belongs to the caller (`runtime.one_thread`).
"""

from edge_agent.index.gallery import Gallery, Neighbour
from edge_agent.index.plan import Where
from edge_agent.index.vector_index import Counts, Matches, VectorIndex

__all__ = ["Counts", "Gallery", "Matches", "Neighbour", "VectorIndex", "Where"]
