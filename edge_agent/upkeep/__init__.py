"""What keeps a box healthy for years without anybody looking at it.

    disk.py       a full disk stops recording before it stops anything else
    retention.py  what has become too old goes
    repair.py     what a crash left behind is mended or removed
    erase.py      people are erased for good, from backups too
    scrub.py      stored bytes are read again, slowly, and compared with their checksums
    rebuild.py    the vector index is a cache: it is filled anew from storage, unattended
    recall.py     the index is asked, and told how many of the nearest it found
    reembed.py    stored pictures are embedded anew when the models change
    backup.py     verified copies of the database
    keeper.py     the timers

Whoever deletes follows one order: rows first, in one transaction, then the index, then files. A
crash in between leaves files that nobody refers to, which repair removes; it never leaves a row
whose file is gone.
"""

from edge_agent.upkeep.backup import BackupOptions
from edge_agent.upkeep.disk import DiskOptions, Level
from edge_agent.upkeep.erase import Erased, Erasure
from edge_agent.upkeep.keeper import Upkeep, UpkeepOptions
from edge_agent.upkeep.rebuild import RebuildOptions
from edge_agent.upkeep.reembed import Reembed, ReembedOptions
from edge_agent.upkeep.repair import RepairOptions
from edge_agent.upkeep.retention import RetentionOptions
from edge_agent.upkeep.scrub import ScrubOptions

__all__ = [
    "BackupOptions",
    "DiskOptions",
    "Erased",
    "Erasure",
    "Level",
    "RebuildOptions",
    "Reembed",
    "ReembedOptions",
    "RepairOptions",
    "RetentionOptions",
    "ScrubOptions",
    "Upkeep",
    "UpkeepOptions",
]
