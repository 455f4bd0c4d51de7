-- Whoever ordered an import is told of its end, also after a restart.

ALTER TABLE image_task ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;  -- of the callback, so far
ALTER TABLE image_task ADD COLUMN call_ms INTEGER;  -- when it is called next; NULL: not any more
CREATE INDEX image_task_to_call ON image_task (call_ms) WHERE call_ms IS NOT NULL;
