-- The jobs of each picture-search app, and how many there are: clients ask for both with every
-- page. An index on an expression does not spare SQLite the rows themselves, and counting ten
-- thousand of them took longer than everything else of the answer. Triggers, so that both are
-- always of the same moment as the jobs.

DROP INDEX job_by_app;

CREATE TABLE app_job (
    app   TEXT NOT NULL,
    job   TEXT NOT NULL,                       -- sorts by creation
    state TEXT NOT NULL,
    PRIMARY KEY (app, job)
) STRICT, WITHOUT ROWID;

CREATE TABLE app_job_count (
    app   TEXT NOT NULL,
    state TEXT NOT NULL,
    jobs  INTEGER NOT NULL,
    PRIMARY KEY (app, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER app_job_comes AFTER INSERT ON app_job
BEGIN
    INSERT INTO app_job_count VALUES (NEW.app, NEW.state, 1)
    ON CONFLICT (app, state) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER app_job_turns AFTER UPDATE OF state ON app_job
BEGIN
    UPDATE app_job_count SET jobs = jobs - 1 WHERE app = OLD.app AND state = OLD.state;
    INSERT INTO app_job_count VALUES (NEW.app, NEW.state, 1)
    ON CONFLICT (app, state) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER app_job_goes AFTER DELETE ON app_job
BEGIN
    UPDATE app_job_count SET jobs = jobs - 1 WHERE app = OLD.app AND state = OLD.state;
END;

INSERT INTO app_job
SELECT json_extract(question, '$.app'), id, state FROM job
WHERE json_extract(question, '$.app') IS NOT NULL;

CREATE TRIGGER job_comes AFTER INSERT ON job
WHEN json_extract(NEW.question, '$.app') IS NOT NULL
BEGIN
    INSERT INTO app_job VALUES (json_extract(NEW.question, '$.app'), NEW.id, NEW.state);
END;
CREATE TRIGGER job_turns AFTER UPDATE OF state ON job
WHEN NEW.state <> OLD.state AND json_extract(NEW.question, '$.app') IS NOT NULL
BEGIN
    UPDATE app_job SET state = NEW.state
    WHERE app = json_extract(NEW.question, '$.app') AND job = NEW.id;
END;
CREATE TRIGGER job_goes AFTER DELETE ON job
WHEN json_extract(OLD.question, '$.app') IS NOT NULL
BEGIN
    DELETE FROM app_job WHERE app = json_extract(OLD.question, '$.app') AND job = OLD.id;
END;
