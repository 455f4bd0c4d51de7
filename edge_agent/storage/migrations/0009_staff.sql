-- People who work here: their tracks are left out of visits and results.

CREATE TABLE staff (
    id         TEXT PRIMARY KEY,               -- sorts by creation, where it was made here
    name       TEXT NOT NULL,                  -- for people
    created_ms INTEGER NOT NULL,
    changes    INTEGER NOT NULL DEFAULT 1,     -- how often what is known of the face has changed
    applied    INTEGER NOT NULL DEFAULT 0      -- up to which change stored tracks were searched
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_vector (                    -- all that is kept of a face; no picture is
    id       TEXT PRIMARY KEY,
    staff    TEXT NOT NULL,
    part     TEXT NOT NULL,
    model    TEXT NOT NULL,
    numbers  BLOB NOT NULL,                    -- float32, little-endian
    checksum BLOB NOT NULL                     -- as in vectors/<day>.db
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_vector_by_staff ON staff_vector (staff);

CREATE TABLE staff_track (
    track TEXT PRIMARY KEY,
    staff TEXT NOT NULL,
    how   TEXT NOT NULL,                       -- found, pointed; left_out: a person said it is not
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_tracks ON staff_track (staff, track);

CREATE TABLE staff_news (                      -- tracks that have not been held against the list
    track TEXT PRIMARY KEY,
    times INTEGER NOT NULL                     -- one seen better meanwhile stays news
) STRICT, WITHOUT ROWID;
CREATE TRIGGER track_shows_a_face AFTER INSERT ON vector_ref
WHEN NEW.part = 'face' AND EXISTS (SELECT 1 FROM staff)
BEGIN
    UPDATE staff_news SET times = times + 1 WHERE track = NEW.track;
    INSERT INTO staff_news SELECT NEW.track, 1
    WHERE NOT EXISTS (SELECT 1 FROM staff_news WHERE track = NEW.track);
END;
