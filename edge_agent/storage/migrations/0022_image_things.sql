-- What stands in the pictures of items, so that they are found by words.

ALTER TABLE image_item ADD COLUMN things TEXT NOT NULL DEFAULT '[]';  -- JSON, [[kind, score], …]
