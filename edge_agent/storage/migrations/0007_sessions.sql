-- Ended tracks that have not been held against visits.

CREATE TABLE session_news (
    track TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- In the transaction of whoever ends the track, so that no crash loses one.
CREATE TRIGGER track_ends_at_once AFTER INSERT ON track
WHEN NEW.state = 'ended'
BEGIN
    INSERT INTO session_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM session_news WHERE track = NEW.id);
END;
CREATE TRIGGER track_ends AFTER UPDATE OF state ON track
WHEN NEW.state = 'ended' AND OLD.state <> 'ended'
BEGIN
    INSERT INTO session_news SELECT NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM session_news WHERE track = NEW.id);
END;
