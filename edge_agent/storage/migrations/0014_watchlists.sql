-- People somebody looks out for.

CREATE TABLE watchlist (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,                  -- for people
    owner      TEXT NOT NULL,                  -- who answers for it
    reason     TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL                -- then it goes, with everything below
) STRICT, WITHOUT ROWID;
CREATE INDEX watchlist_by_end ON watchlist (expires_ms);

CREATE TABLE watch_entry (                     -- one person on a list
    id         TEXT PRIMARY KEY,
    list       TEXT NOT NULL,
    name       TEXT NOT NULL,                  -- for people
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_entry_by_list ON watch_entry (list, id);

CREATE TABLE watch_vector (                    -- how the person looks
    id       TEXT PRIMARY KEY,
    entry    TEXT NOT NULL,
    part     TEXT NOT NULL,
    model    TEXT NOT NULL,
    numbers  BLOB NOT NULL,                    -- float32, little-endian
    checksum BLOB NOT NULL                     -- as in vectors/<day>.db
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_vector_by_entry ON watch_vector (entry);

CREATE TABLE watch_picture (                   -- where it was asked to be kept; to show who it is
    id    TEXT PRIMARY KEY,
    entry TEXT NOT NULL UNIQUE,
    jpeg  BLOB NOT NULL
) STRICT;

CREATE TABLE watch_hit (                       -- one for each visit of a person
    id               TEXT PRIMARY KEY,         -- sorts by when it was noticed
    list             TEXT NOT NULL,
    entry            TEXT NOT NULL,
    at_ms            INTEGER NOT NULL,         -- when the recognised face was seen
    threshold        REAL NOT NULL,
    false_alarm_rate REAL                      -- of the threshold, where it was measured
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_hit_by_entry ON watch_hit (entry, id);
CREATE INDEX watch_hit_by_list ON watch_hit (list, id);

CREATE TABLE watch_hit_track (                 -- recognised during that visit
    hit        TEXT NOT NULL,
    track      TEXT NOT NULL,
    similarity REAL NOT NULL,
    PRIMARY KEY (hit, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_hit_by_track ON watch_hit_track (track);

CREATE TABLE watch_news (                      -- tracks that have not been held against the lists
    track TEXT PRIMARY KEY,
    times INTEGER NOT NULL                     -- one seen better meanwhile stays news
) STRICT, WITHOUT ROWID;
CREATE TRIGGER track_shows_a_face_to_watch AFTER INSERT ON vector_ref
WHEN NEW.part = 'face' AND EXISTS (SELECT 1 FROM watch_entry)
BEGIN
    UPDATE watch_news SET times = times + 1 WHERE track = NEW.track;
    INSERT INTO watch_news SELECT NEW.track, 1
    WHERE NOT EXISTS (SELECT 1 FROM watch_news WHERE track = NEW.track);
END;
