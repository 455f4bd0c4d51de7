-- What tracks did, what was bought meanwhile, and which tracks are one person's visit.

CREATE TABLE action (
    id    TEXT PRIMARY KEY,                    -- made when it was decided, so it is written once
    track TEXT NOT NULL,
    type  TEXT NOT NULL,                       -- domain.action.ActionType
    place TEXT NOT NULL,                       -- name of a zone or line of the track's camera
    at_ms INTEGER NOT NULL,
    extra TEXT NOT NULL                        -- JSON object
) STRICT, WITHOUT ROWID;
CREATE INDEX action_by_track ON action (track, at_ms);
CREATE INDEX action_by_type ON action (type, place, at_ms);

CREATE TABLE customer_order (
    id     TEXT PRIMARY KEY,                   -- as the point of sale calls it
    till   TEXT NOT NULL,                      -- a camera, or the name of a zone
    at_ms  INTEGER NOT NULL,                   -- when it was paid
    amount TEXT,                               -- a decimal number, as it was given
    put_ms INTEGER NOT NULL                    -- when the box was told
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_order_by_time ON customer_order (at_ms);

CREATE TABLE order_track (                     -- who stood at the till
    order_id TEXT NOT NULL,
    track    TEXT NOT NULL,
    PRIMARY KEY (order_id, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_by_track ON order_track (track);

CREATE TABLE order_news (                      -- tracks that orders have not been held against
    track TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- A till may be reported before or after whoever stands at it has been written down. An order
-- looks back when it comes; what is written later is noted here while an order is near. Tolerances
-- are at most an hour.
CREATE TRIGGER track_begins_near_order AFTER INSERT ON track
WHEN EXISTS (SELECT 1 FROM customer_order WHERE at_ms >= NEW.start_ms - 3600000)
BEGIN
    INSERT INTO order_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM order_news WHERE track = NEW.id);
END;
CREATE TRIGGER track_goes_on_near_order AFTER UPDATE OF end_ms ON track
WHEN NEW.end_ms <> OLD.end_ms
    AND EXISTS (SELECT 1 FROM customer_order WHERE at_ms >= NEW.start_ms - 3600000)
BEGIN
    INSERT INTO order_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM order_news WHERE track = NEW.id);
END;
CREATE TRIGGER action_near_order AFTER INSERT ON action
WHEN NEW.type = 'till'
    AND EXISTS (SELECT 1 FROM customer_order WHERE at_ms >= NEW.at_ms - 7200000)
BEGIN
    INSERT INTO order_news SELECT NEW.track
    WHERE NOT EXISTS (SELECT 1 FROM order_news WHERE track = NEW.track);
END;

CREATE TABLE session (                         -- one person's visit; a suggestion, never a fact
    id         TEXT PRIMARY KEY,               -- sorts by start
    start_ms   INTEGER NOT NULL,
    end_ms     INTEGER NOT NULL,
    confidence REAL NOT NULL,                  -- of its weakest link, 0 to 1
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_time ON session (start_ms, id);
CREATE INDEX session_by_end ON session (end_ms);

CREATE TABLE session_track (                   -- a track is in one visit at the most
    track      TEXT PRIMARY KEY,
    session    TEXT NOT NULL,
    how        TEXT NOT NULL,                  -- machine, or person: then no machine moves it
    confidence REAL NOT NULL,                  -- of its link to the others, 0 to 1
    at_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_tracks ON session_track (session, track);

CREATE TABLE session_apart (                   -- pairs that a person took apart
    track TEXT NOT NULL,
    other TEXT NOT NULL,                       -- each pair stands here both ways round
    PRIMARY KEY (track, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_apart_other ON session_apart (other);
