"""A store's own box: cameras in, people remembered, questions answered on the spot.

The floors of the house and the reasons for them stand in `docs/architecture.md`.
"""

import os

# Before numpy is imported: OpenBLAS spins while its threads wait, which on cores that cameras keep
# busy makes a search ten times slower (measured: 7 ms became 65 ms at 100,000 vectors).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
