-- Targets of webhooks that were added while the box runs, beside those of the configuration.

CREATE TABLE webhook_target (
    name       TEXT PRIMARY KEY,
    sealed     BLOB NOT NULL,                  -- address and secret, encrypted (keys/sealing.py)
    kinds      TEXT,                           -- JSON array of events it wants; NULL: all of them
    plain      INTEGER NOT NULL,               -- 1: http will do
    networks   TEXT NOT NULL,                  -- JSON array, allowed although not public
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What lies in an instance is listed page by page.
CREATE INDEX image_item_by_instance ON image_item (instance, id);
