-- A question may show one person in several pictures; the first lies with its job.

CREATE TABLE job_picture (
    job     TEXT NOT NULL,
    number  INTEGER NOT NULL,                  -- from 1
    picture BLOB NOT NULL,                     -- as it came
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER job_picture_goes AFTER DELETE ON job
BEGIN
    DELETE FROM job_picture WHERE job = OLD.id;
END;
CREATE TRIGGER job_picture_ends AFTER UPDATE OF picture ON job WHEN NEW.picture IS NULL
BEGIN
    DELETE FROM job_picture WHERE job = NEW.id;
END;
