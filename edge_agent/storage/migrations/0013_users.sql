-- People who sign in, and where they are signed in.

CREATE TABLE user (
    name         TEXT PRIMARY KEY,             -- in the form of accounts.names
    role         TEXT NOT NULL,                -- domain.user.Role
    password     TEXT NOT NULL,                -- argon2id, in the PHC string format
    created_ms   INTEGER NOT NULL,
    changed_ms   INTEGER NOT NULL,
    signed_in_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE login (                           -- a browser in which somebody is signed in
    digest     TEXT PRIMARY KEY,               -- sha256 of what the cookie holds
    older      TEXT,                           -- of what it held before it was renewed
    name       TEXT NOT NULL,                  -- of the user; empty for the token of the box
    proof      TEXT NOT NULL,                  -- sha256 of the password's hash or of the token
    csrf       TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    renewed_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_by_older ON login (older) WHERE older IS NOT NULL;
CREATE INDEX login_by_name ON login (name);
