-- Faces of staff that were copied from a track go when that person is erased. Of faces kept before
-- this, nobody knows where they came from: they stay until the person is taken off the list.

CREATE TABLE staff_copy (
    id    TEXT PRIMARY KEY,                    -- of a staff_vector
    track TEXT NOT NULL                        -- it was copied from; may have been forgotten since
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_copy_by_track ON staff_copy (track);
