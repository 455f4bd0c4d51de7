-- Who wears something is looked up by it within a range of time: track ids sort by their start, and
-- with the confidence in the index the rows themselves are not read.

DROP INDEX worn_by_value;
CREATE INDEX worn_by_value ON worn (key, value, track, confidence);
