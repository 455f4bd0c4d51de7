-- The first shape of the truth. Times are integer milliseconds since 1970-01-01T00:00Z.
-- A migration is applied and recorded in one transaction.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;                       -- epoch, last_seq of older epochs, …

CREATE TABLE camera (
    id        TEXT PRIMARY KEY,
    enabled   INTEGER NOT NULL DEFAULT 1,      -- switched by an operator; the configuration lists them
    state     TEXT NOT NULL DEFAULT 'unknown', -- unknown, up, down
    since_ms  INTEGER NOT NULL DEFAULT 0,
    reason    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE fragment (
    id        TEXT PRIMARY KEY,
    camera    TEXT NOT NULL,
    start_ms  INTEGER NOT NULL,
    end_ms    INTEGER NOT NULL,
    state     TEXT NOT NULL,                   -- recording, closed, cut, lost
    path      TEXT NOT NULL,                   -- relative to the clips folder
    size      INTEGER NOT NULL DEFAULT 0,      -- bytes
    codec     TEXT NOT NULL DEFAULT '',
    sha256    TEXT NOT NULL DEFAULT ''         -- of the whole file, once closed or cut
) STRICT, WITHOUT ROWID;
CREATE INDEX fragment_by_time ON fragment (start_ms, id);
CREATE INDEX fragment_unfinished ON fragment (state) WHERE state = 'recording';

CREATE TABLE track (
    id           TEXT PRIMARY KEY,             -- sorts by start
    camera       TEXT NOT NULL,
    start_ms     INTEGER NOT NULL,
    end_ms       INTEGER NOT NULL,             -- last sight so far
    state        TEXT NOT NULL,                -- open, ended
    face_picture TEXT, face_ms INTEGER, face_quality REAL,
    body_picture TEXT, body_ms INTEGER, body_quality REAL,
    fragment     TEXT                          -- shows the best picture
) STRICT, WITHOUT ROWID;
CREATE INDEX track_by_start ON track (start_ms, id);
CREATE INDEX track_by_camera ON track (camera, start_ms, id);
CREATE INDEX track_by_length ON track (end_ms - start_ms); -- the longest bounds a search by time
CREATE INDEX track_by_end ON track (end_ms);
CREATE INDEX track_open ON track (state) WHERE state = 'open';

CREATE TABLE track_fragment (
    track    TEXT NOT NULL,
    fragment TEXT NOT NULL,
    PRIMARY KEY (track, fragment)
) STRICT, WITHOUT ROWID;
CREATE INDEX fragment_tracks ON track_fragment (fragment, track);

CREATE TABLE picture (
    id     TEXT PRIMARY KEY,
    track  TEXT NOT NULL,
    part   TEXT NOT NULL,                      -- face, body
    at_ms  INTEGER NOT NULL,
    width  INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size   INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_by_track ON picture (track);

CREATE TABLE vector_ref (                      -- the numbers lie in vectors/<day>.db
    id      TEXT PRIMARY KEY,
    track   TEXT NOT NULL,
    camera  TEXT NOT NULL,
    part    TEXT NOT NULL,
    model   TEXT NOT NULL,
    at_ms   INTEGER NOT NULL,                  -- its UTC day names the file
    quality REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vector_by_track ON vector_ref (track);
CREATE INDEX vector_by_time ON vector_ref (at_ms);

CREATE TABLE job (
    id            TEXT PRIMARY KEY,            -- sorts by creation
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL,               -- domain.job.JobState
    progress      REAL NOT NULL DEFAULT 0,
    created_ms    INTEGER NOT NULL,
    finished_ms   INTEGER,
    asker         TEXT NOT NULL,               -- mqtt, rest:<key name>, …
    question      TEXT NOT NULL,               -- JSON; the picture itself is kept beside it
    picture       BLOB,                        -- the query picture as it came
    hits          INTEGER NOT NULL DEFAULT 0,
    people        INTEGER,
    pack          TEXT,
    error_code    TEXT,
    error_message TEXT,
    reply_topic   TEXT,
    reply_correlation BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX job_unfinished ON job (state) WHERE state IN ('initialising', 'running');

CREATE TABLE hit (
    job        TEXT NOT NULL,
    rank       INTEGER NOT NULL,
    track      TEXT NOT NULL,
    score      REAL NOT NULL,
    face_score REAL,
    body_score REAL,
    matched    TEXT NOT NULL,                  -- face, body or face+body
    person     INTEGER NOT NULL,
    PRIMARY KEY (job, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX hit_by_track ON hit (track);

CREATE TABLE request (                         -- idempotency: the first answer, for 24 h
    id        TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    digest    TEXT NOT NULL,                   -- sha256 of the parameters
    answer    TEXT NOT NULL,                   -- JSON
    at_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_time ON request (at_ms);

CREATE TABLE outbox (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT, -- no gaps: assigned inside the transaction
    event_id TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    data     TEXT NOT NULL                      -- JSON
) STRICT;

CREATE TABLE consumer (
    name      TEXT PRIMARY KEY,
    acked_seq INTEGER NOT NULL DEFAULT 0,      -- of the current epoch
    heard_ms  INTEGER NOT NULL DEFAULT 0,
    lapsed    INTEGER NOT NULL DEFAULT 0,
    gap_from  INTEGER, gap_to INTEGER          -- what it will never see, until it has been told
) STRICT, WITHOUT ROWID;

CREATE TABLE reply (                           -- answers of finished jobs, on their way out
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    topic       TEXT NOT NULL,
    correlation BLOB,
    body        TEXT NOT NULL,
    at_ms       INTEGER NOT NULL
) STRICT;

CREATE TABLE mention (                         -- which ids the texts on their way out speak of
    id    TEXT NOT NULL,                       -- 32 hexadecimal digits
    place TEXT NOT NULL,                       -- outbox, reply, request
    row   TEXT NOT NULL,                       -- event_id, reply id, request id
    PRIMARY KEY (id, place, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_by_place ON mention (place, row);

CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms  INTEGER NOT NULL,
    who    TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,                      -- JSON
    chain  TEXT NOT NULL                       -- sha256(previous chain, this row)
) STRICT;
