-- Machines that ask over REST, each with a key and a role of its own.

CREATE TABLE machine (
    name       TEXT PRIMARY KEY,               -- in the form of accounts.machines
    role       TEXT NOT NULL,                  -- domain.user.Role
    digest     TEXT NOT NULL UNIQUE,           -- sha256 of the key, hexadecimal
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
