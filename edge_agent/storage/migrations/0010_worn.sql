-- What people wear and carry, as all pictures of their track together say.

CREATE TABLE worn (
    track      TEXT NOT NULL,
    key        TEXT NOT NULL,                  -- domain.worn.WORDS
    value      TEXT NOT NULL,
    confidence REAL NOT NULL,                  -- 0 to 1
    PRIMARY KEY (track, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX worn_by_value ON worn (key, value, track);
