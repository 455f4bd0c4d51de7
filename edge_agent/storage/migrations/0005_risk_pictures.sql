-- Investigations by picture, and news of tracks by count.

CREATE TABLE risk_picture (                    -- whom an investigation looks for
    id            TEXT PRIMARY KEY,
    task          TEXT NOT NULL UNIQUE,
    picture       BLOB,                        -- as it came, until it has been looked at
    url           TEXT,                        -- likewise
    state         TEXT NOT NULL,               -- domain.risk_task.TaskSearchState
    people        INTEGER,
    starts        INTEGER NOT NULL DEFAULT 0,  -- how often it was begun to be looked at
    until_ms      INTEGER,                     -- closed then; what came later does not belong to it
    error_code    TEXT,
    error_message TEXT
) STRICT;
CREATE INDEX risk_picture_unfinished ON risk_picture (state) WHERE state IN ('waiting', 'running');

CREATE TABLE risk_picture_vector (             -- what is kept of the picture
    id       TEXT PRIMARY KEY,
    picture  TEXT NOT NULL,
    person   INTEGER NOT NULL,                 -- from 0, from left to right
    part     TEXT NOT NULL,
    model    TEXT NOT NULL,
    track    TEXT,                             -- copied from this track, and goes with it
    numbers  BLOB NOT NULL,                    -- float32, little-endian
    checksum BLOB NOT NULL                     -- as in vectors/<day>.db
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_vector_by_picture ON risk_picture_vector (picture);
CREATE INDEX risk_vector_by_track ON risk_picture_vector (track) WHERE track IS NOT NULL;

-- News carry a count: a track that changes again while it is being looked at stays news.
DROP TRIGGER track_is_new;
DROP TRIGGER track_is_longer;
ALTER TABLE track_news ADD COLUMN times INTEGER NOT NULL DEFAULT 1;

CREATE TRIGGER track_is_new AFTER INSERT ON track
WHEN EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    UPDATE track_news SET times = times + 1 WHERE track = NEW.id;
    INSERT INTO track_news SELECT NEW.id, 1
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.id);
END;
CREATE TRIGGER track_is_longer AFTER UPDATE OF end_ms ON track
WHEN NEW.end_ms <> OLD.end_ms AND EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    UPDATE track_news SET times = times + 1 WHERE track = NEW.id;
    INSERT INTO track_news SELECT NEW.id, 1
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.id);
END;
CREATE TRIGGER track_is_better_seen AFTER INSERT ON vector_ref
WHEN EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    UPDATE track_news SET times = times + 1 WHERE track = NEW.track;
    INSERT INTO track_news SELECT NEW.track, 1
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.track);
END;
