-- Pictures of things in named instances, which can be searched.

CREATE TABLE image_instance (
    name       TEXT PRIMARY KEY,               -- as configured; its items stay when it no longer is
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE image_item (
    id         INTEGER PRIMARY KEY,
    instance   TEXT NOT NULL,
    product    TEXT NOT NULL,
    name       TEXT NOT NULL,                  -- of the picture; with product the caller's key
    category   INTEGER NOT NULL,
    custom     TEXT,
    int1 INTEGER, int2 INTEGER, int3 INTEGER, int4 INTEGER,
    str1 TEXT, str2 TEXT, str3 TEXT, str4 TEXT,
    region     TEXT,                           -- x1,x2,y1,y2: what is compared beside or instead of
    whole      INTEGER NOT NULL,               -- the whole picture; 0: the region alone
    width      INTEGER NOT NULL,               -- of the picture as it came, pixels
    picture    TEXT NOT NULL,                  -- images/xx/<picture>.jpg
    added_ms   INTEGER NOT NULL,
    UNIQUE (instance, product, name)
) STRICT;

CREATE TABLE image_vector (
    item     INTEGER NOT NULL,
    part     INTEGER NOT NULL,                 -- 0 the whole picture, 1 its region
    model    TEXT NOT NULL,
    numbers  BLOB NOT NULL,                    -- float16, little-endian
    checksum BLOB NOT NULL,                    -- as in vectors/<day>.db
    PRIMARY KEY (item, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_task (                      -- imports and dumps
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    instance    TEXT NOT NULL,
    kind        TEXT NOT NULL,                 -- import, dump
    state       TEXT NOT NULL,                 -- processing, success, fail
    bucket      TEXT NOT NULL DEFAULT '',
    path        TEXT NOT NULL DEFAULT '',
    callback    TEXT NOT NULL DEFAULT '',
    done        INTEGER NOT NULL DEFAULT 0,    -- items so far
    total       INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,    -- items that could not be taken
    code        TEXT NOT NULL DEFAULT '',
    message     TEXT NOT NULL DEFAULT '',
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX image_task_by_instance ON image_task (instance, kind, id);
