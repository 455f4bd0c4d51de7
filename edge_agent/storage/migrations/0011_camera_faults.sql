-- What is wrong with a camera that delivers all the same.

ALTER TABLE camera ADD COLUMN faults TEXT NOT NULL DEFAULT '[]';  -- JSON: {fault, since_ms, reason}
