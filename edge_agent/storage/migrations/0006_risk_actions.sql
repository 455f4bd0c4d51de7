-- What a track does, and what it is tied to, is news to open investigations as well.

CREATE TRIGGER track_did_something AFTER INSERT ON action
WHEN EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    UPDATE track_news SET times = times + 1 WHERE track = NEW.track;
    INSERT INTO track_news SELECT NEW.track, 1
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.track);
END;
CREATE TRIGGER track_is_tied_to_order AFTER INSERT ON order_track
WHEN EXISTS (SELECT 1 FROM risk_task WHERE state = 'open')
BEGIN
    UPDATE track_news SET times = times + 1 WHERE track = NEW.track;
    INSERT INTO track_news SELECT NEW.track, 1
    WHERE NOT EXISTS (SELECT 1 FROM track_news WHERE track = NEW.track);
END;
