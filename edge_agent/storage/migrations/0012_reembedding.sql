-- Stored pictures can be embedded anew by another model.

ALTER TABLE picture ADD COLUMN marks TEXT;     -- JSON, domain.track.Marks; NULL of older pictures


CREATE TABLE not_embedded (                    -- tried in vain; not again with that model
    picture TEXT NOT NULL,
    track   TEXT NOT NULL,
    model   TEXT NOT NULL,                     -- the stamp that the vector would have
    reason  TEXT NOT NULL,                     -- not_found, missing, damaged
    PRIMARY KEY (picture, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX not_embedded_by_track ON not_embedded (track);
