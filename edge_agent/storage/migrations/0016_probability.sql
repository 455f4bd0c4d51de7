-- How likely a hit is the person asked about, and among how many that was judged.

ALTER TABLE hit ADD COLUMN probability REAL;   -- NULL where similarities are not calibrated
ALTER TABLE job ADD COLUMN compared INTEGER;   -- remembered faces or bodies that each was held against
