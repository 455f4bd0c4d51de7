-- What watch lists keep of people whom somebody pointed at goes when those people are erased.

CREATE TABLE watch_copy (
    id    TEXT PRIMARY KEY,                    -- of a watch_vector or watch_picture
    track TEXT NOT NULL                        -- it was copied from; may have been forgotten since
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_copy_by_track ON watch_copy (track);
