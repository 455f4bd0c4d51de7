-- Fingerprint libraries, what is in them, and the jobs that ask and fill them.

CREATE TABLE fp_library (
    id          TEXT PRIMARY KEY,             -- sorts by creation
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    model       INTEGER NOT NULL,             -- 11 text, 12 video, 13 audio, 14 picture
    config      TEXT NOT NULL,                -- as it came
    created_ms  INTEGER NOT NULL,
    changes     INTEGER NOT NULL DEFAULT 0,   -- how often its files have changed
    system      INTEGER NOT NULL DEFAULT 0    -- 1: the box's own recordings
) STRICT, WITHOUT ROWID;

CREATE TABLE fp_file (
    id          TEXT PRIMARY KEY,
    library     TEXT NOT NULL,
    primary_key TEXT NOT NULL,
    input       TEXT NOT NULL,                -- as it came
    seconds     REAL NOT NULL,
    stored_ms   INTEGER NOT NULL,
    print       BLOB NOT NULL,                -- of a text: the text itself
    fragment    TEXT                          -- of the system library
) STRICT, WITHOUT ROWID;
CREATE INDEX fp_files ON fp_file (library, id);
CREATE INDEX fp_file_by_fragment ON fp_file (fragment) WHERE fragment IS NOT NULL;
CREATE TRIGGER fragment_is_forgotten AFTER DELETE ON fragment
BEGIN
    UPDATE fp_library SET changes = changes + 1
    WHERE id IN (SELECT library FROM fp_file WHERE fragment = OLD.id);
    DELETE FROM fp_file WHERE fragment = OLD.id;
END;

CREATE TABLE fp_job (
    id          TEXT PRIMARY KEY,             -- sorts by creation
    kind        TEXT NOT NULL,                -- shot, import, files.delete, library.delete
    state       TEXT NOT NULL,                -- Queuing, Analysing, Success, Fail
    progress    REAL NOT NULL,
    created_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    library     TEXT NOT NULL,
    pipeline    TEXT NOT NULL,
    user_data   TEXT NOT NULL,
    asked       TEXT NOT NULL,                -- JSON
    starts      INTEGER NOT NULL DEFAULT 0,   -- how often it was begun
    file        TEXT,                         -- what it stored
    seconds     REAL,
    result      TEXT,                         -- JSON
    code        TEXT,
    message     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX fp_jobs_waiting ON fp_job (id) WHERE state IN ('Queuing', 'Analysing');
