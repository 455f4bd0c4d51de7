-- Events on their way to hosts that are told by HTTP.

CREATE TABLE webhook (                         -- the targets of the configuration
    name  TEXT PRIMARY KEY,
    kinds TEXT                                 -- JSON array of events it wants; NULL: all of them
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_delivery (                -- an event that a target has not taken yet
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which a target gets them
    target   TEXT NOT NULL,
    event_id TEXT NOT NULL,
    epoch    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    data     TEXT NOT NULL                     -- JSON
) STRICT;
CREATE INDEX webhook_delivery_by_target ON webhook_delivery (target, id);
CREATE INDEX webhook_delivery_by_event ON webhook_delivery (event_id);
