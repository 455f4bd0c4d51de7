"""Users and their logins as rows; passwords are hashed before they come here."""

from dataclasses import dataclass, field

from edge_agent.domain.user import Role, User
from edge_agent.storage.transaction import Reads, Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A browser in which somebody is signed in.

    Attributes:
        digest: sha256 of what its cookie holds, hexadecimal.
        older: of what it held before it was renewed, if it was.
        name: of the user; empty for whoever showed the token of the box.
        proof: sha256 of the hashed password or of the token that opened it.
        csrf: what a page shows with everything that changes something.
    """

    digest: str
    older: str | None = None
    name: str
    proof: str
    csrf: str = field(repr=False)
    created_ms: int
    renewed_ms: int
    seen_ms: int


async def insert_user(tx: Transaction, user: User, password: str) -> bool:
    """Insert a user; False, and nothing written, where there is one of this name."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO user (name, role, password, created_ms, changed_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        (user.name, user.role.value, password, user.created_ms, user.changed_ms),
    )
    tx.touch("user")
    return result.rowcount == 1


async def update_user(
    tx: Transaction, name: str, *, role: Role | None, password: str | None, at_ms: int
) -> bool:
    """Change role and hashed password where they are given; False where there is no such user."""
    result = await tx.execute(
        "UPDATE user SET role = coalesce(?, role), password = coalesce(?, password),"
        " changed_ms = ? WHERE name = ?",
        (role.value if role else None, password, at_ms, name),
    )
    tx.touch("user")
    return result.rowcount == 1


async def delete_user(tx: Transaction, name: str) -> bool:
    """Delete a user and every login; False where there is no such user."""
    await tx.execute("DELETE FROM login WHERE name = ?", (name,))
    result = await tx.execute("DELETE FROM user WHERE name = ?", (name,))
    tx.touch("user")
    return result.rowcount == 1


async def count_of_role(reads: Reads, role: Role) -> int:
    """How many users have a role."""
    rows = await reads.rows("SELECT count(*) FROM user WHERE role = ?", (role.value,))
    return int(rows[0][0])


async def get_users(reads: Reads) -> list[User]:
    """Every user by name."""
    return [_user(row) for row in await reads.rows("SELECT * FROM user ORDER BY name")]


async def get_user(reads: Reads, name: str) -> tuple[User, str] | None:
    """A user with the hashed password, None where there is none of this name."""
    rows = await reads.rows("SELECT * FROM user WHERE name = ?", (name,))
    return (_user(rows[0]), str(rows[0]["password"])) if rows else None


async def insert_login(tx: Transaction, login: Login) -> None:
    """Keep a new login and note when its user signed in."""
    await tx.execute(
        "INSERT INTO login (digest, older, name, proof, csrf, created_ms, renewed_ms, seen_ms)"
        " VALUES (?, NULL, ?, ?, ?, ?, ?, ?)",
        (
            login.digest,
            login.name,
            login.proof,
            login.csrf,
            login.created_ms,
            login.renewed_ms,
            login.seen_ms,
        ),
    )
    await tx.execute(
        "UPDATE user SET signed_in_ms = ? WHERE name = ?", (login.created_ms, login.name)
    )
    tx.touch("user")


async def get_login(reads: Reads, digest: str) -> Login | None:
    """The login whose cookie has, or before its renewal had, this digest."""
    rows = await reads.rows("SELECT * FROM login WHERE digest = ?1 OR older = ?1", (digest,))
    return Login(**dict(rows[0])) if rows else None


async def see_login(tx: Transaction, digest: str, at_ms: int) -> None:
    """Note that a login was used."""
    await tx.execute("UPDATE login SET seen_ms = ? WHERE digest = ?", (at_ms, digest))


async def renew_login(tx: Transaction, digest: str, new: str, at_ms: int) -> bool:
    """Give a login another cookie; False where that was done meanwhile."""
    result = await tx.execute(
        "UPDATE login SET older = digest, digest = ?, renewed_ms = ?, seen_ms = ? WHERE digest = ?",
        (new, at_ms, at_ms, digest),
    )
    return result.rowcount == 1


async def delete_login(tx: Transaction, digest: str) -> None:
    """End a login."""
    await tx.execute("DELETE FROM login WHERE digest = ?", (digest,))


async def delete_logins(tx: Transaction, *, seen_before_ms: int, made_before_ms: int) -> None:
    """End those that have not been used for long, or are old."""
    await tx.execute(
        "DELETE FROM login WHERE seen_ms < ? OR created_ms < ?", (seen_before_ms, made_before_ms)
    )


def _user(row: Row) -> User:
    return User(
        name=row["name"],
        role=Role(row["role"]),
        created_ms=row["created_ms"],
        changed_ms=row["changed_ms"],
        signed_in_ms=row["signed_in_ms"],
    )
