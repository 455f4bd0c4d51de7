-- Privacy masks of the camera that recorded a clip: the file holds what was sent, so whoever shows
-- the clip covers these.

ALTER TABLE fragment ADD COLUMN masks TEXT NOT NULL DEFAULT '[]';  -- JSON: polygons of [x, y], 0 to 1
