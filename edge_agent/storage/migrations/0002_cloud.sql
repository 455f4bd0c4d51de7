-- What clients of the cloud's interfaces keep on the box, and investigations.

CREATE TABLE search_app (                      -- a picture-search app; limits searches to devices
    id          TEXT PRIMARY KEY,              -- sorts by creation
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE search_app_device (
    app      TEXT NOT NULL,
    device   TEXT NOT NULL,                    -- id of a camera
    bound_ms INTEGER NOT NULL,
    PRIMARY KEY (app, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_by_app ON job (json_extract(question, '$.app'), id, state);

CREATE TABLE risk_task (                       -- an investigation: a set of tracks of one store
    id         TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL,
    store      TEXT NOT NULL,
    criteria   TEXT,                           -- JSON; none where tracks are only pointed at
    state      TEXT NOT NULL,                  -- open: keeps up with new tracks; closed
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_task_by_time ON risk_task (created_ms, id);
CREATE INDEX risk_task_open ON risk_task (state) WHERE state = 'open';

CREATE TABLE risk_task_track (
    task  TEXT NOT NULL,
    track TEXT NOT NULL,
    how   TEXT NOT NULL,                       -- pointed, found, or left_out by a person
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (task, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_task_by_track ON risk_task_track (track);

CREATE TABLE track_news (                      -- tracks that open tasks have not been held against
    track TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- In the transaction of whoever writes the track, so that no crash loses one; nothing is written
-- while nobody investigates.
CREATE TRIGGER track_is_new AFTER INSERT ON track
WHEN EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    INSERT INTO track_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.id);
END;
CREATE TRIGGER track_is_longer AFTER UPDATE OF end_ms ON track
WHEN NEW.end_ms <> OLD.end_ms AND EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    INSERT INTO track_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.id);
END;

CREATE TABLE access_key (                      -- of clients that sign their requests
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,                  -- aliyun, top
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,                  -- for people
    secret     BLOB NOT NULL,                  -- encrypted under the box's key
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE nonce (                           -- of signed requests, until their time has passed
    key   TEXT NOT NULL,
    nonce TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (key, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_by_time ON nonce (at_ms);
