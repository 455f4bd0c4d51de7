"""The epoch of the outbox: a name for one unbroken history of `seq`.

A database that was restored has forgotten its latest events, so their `seq` will be given to
others. It therefore gets a new epoch, in which `seq` counts from 1 again: what was unacknowledged
in the backup is renumbered (each event keeps its `event_id`, by which consumers dedupe) and every
consumer's acknowledgement is reset.
"""

import sqlite3

from edge_agent.domain.ids import new_id


def current_epoch(database: sqlite3.Connection, *, at_ms: int) -> str:
    """The database's epoch; one without is given its first."""
    database.execute("INSERT OR IGNORE INTO meta VALUES ('epoch', ?)", (new_id(at_ms),))
    (epoch,) = database.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return str(epoch)


def renew_epoch(database: sqlite3.Connection, *, at_ms: int) -> str:
    """Begin a new epoch in one transaction and return it.

    Raises:
        sqlite3.Error: callers translate.
    """
    epoch = new_id(at_ms)
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (epoch,))
        _renumber(database)
        database.execute(
            "UPDATE consumer SET acked_seq = 0, lapsed = 0, gap_from = NULL, gap_to = NULL"
        )
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise
    return epoch


def _renumber(database: sqlite3.Connection) -> None:
    (lowest,) = database.execute("SELECT coalesce(min(seq), 1) FROM outbox").fetchone()
    # by way of negative numbers, lest a row takes the number of one that has not moved yet
    database.execute("UPDATE outbox SET seq = -(seq - ?)", (lowest - 1,))
    database.execute("UPDATE outbox SET seq = -seq")
    database.execute(
        "UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(seq), 0) FROM outbox)"
        " WHERE name = 'outbox'"
    )
