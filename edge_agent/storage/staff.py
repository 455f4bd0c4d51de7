"""The list of staff as rows: faces as vectors, and whose tracks are theirs."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Mapping, Sequence

from edge_agent.domain.staff import StaffFaces, StaffMember
from edge_agent.domain.vector import Vector
from edge_agent.storage.known_faces import face_of, face_rows
from edge_agent.storage.transaction import Reads, Transaction

_IN = "IN (SELECT value FROM json_each(?))"
_MEMBER = (
    "SELECT id, name, created_ms, applied = changes AS applied,"
    " (SELECT count(*) FROM staff_track WHERE staff = staff.id AND how <> 'left_out') AS tracks,"
    " (SELECT json_group_array(model) FROM staff_vector WHERE staff = staff.id) AS models"
    " FROM staff"
)
IS_STAFF = "EXISTS (SELECT 1 FROM staff_track WHERE track = track.id AND how <> 'left_out')"


async def insert_staff(tx: Transaction, staff_id: str, name: str, at_ms: int) -> bool:
    """Insert somebody of whom nothing is known yet; False where the id is taken."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO staff (id, name, created_ms) VALUES (?, ?, ?)",
        (staff_id, name, at_ms),
    )
    tx.touch("staff")
    return result.rowcount == 1


async def keep_faces(
    tx: Transaction, staff_id: str, faces: Sequence[tuple[Vector, str | None]], at_ms: int
) -> None:
    """Add faces to somebody; stored tracks have to be held against them.

    Args:
        tx: the transaction.
        staff_id: whose.
        faces: each with the track it was copied from, if any.
        at_ms: now.
    """
    rows = face_rows(staff_id, [vector for vector, _ in faces], at_ms)
    await tx.execute_many("INSERT INTO staff_vector VALUES (?, ?, ?, ?, ?, ?)", rows)
    await tx.execute_many(
        "INSERT INTO staff_copy (id, track) VALUES (?, ?)",
        [(row[0], track) for row, (_, track) in zip(rows, faces, strict=True) if track],
    )
    await tx.execute("UPDATE staff SET changes = changes + 1 WHERE id = ?", (staff_id,))
    tx.touch("staff")


async def rename_staff(tx: Transaction, staff_id: str, name: str) -> None:
    """Give somebody another name."""
    await tx.execute("UPDATE staff SET name = ? WHERE id = ?", (name, staff_id))


async def list_staff(reads: Reads, staff_id: str | None = None) -> list[StaffMember]:
    """Everybody on the list by id, or the one of this id."""
    where, values = ("", ()) if staff_id is None else (" WHERE id = ?", (staff_id,))
    rows = await reads.rows(f"{_MEMBER}{where} ORDER BY id", values)
    return [
        StaffMember(
            id=row["id"],
            name=row["name"],
            created_ms=row["created_ms"],
            models=tuple(sorted(json.loads(row["models"]))),
            tracks=row["tracks"],
            applied=bool(row["applied"]),
        )
        for row in rows
    ]


async def staff_faces(reads: Reads) -> dict[str, StaffFaces]:
    """How everybody on the list looks, by id; damaged vectors are left out."""
    members = await reads.rows("SELECT id, changes FROM staff ORDER BY id")
    faces: dict[str, list[Vector]] = {}
    for row in await reads.rows("SELECT * FROM staff_vector ORDER BY id"):
        face = face_of(row, "staff")
        if face is not None:
            faces.setdefault(row["staff"], []).append(face)
    return {
        member["id"]: StaffFaces(
            id=member["id"],
            changes=member["changes"],
            vectors=tuple(faces.get(member["id"], ())),
        )
        for member in members
    }


async def not_applied(reads: Reads) -> list[str]:
    """Ids of those whose faces stored tracks have not been held against."""
    rows = await reads.rows("SELECT id FROM staff WHERE applied < changes ORDER BY id")
    return [row["id"] for row in rows]


async def set_applied(tx: Transaction, faces: StaffFaces) -> None:
    """Say that stored tracks have been held against these faces."""
    await tx.execute("UPDATE staff SET applied = ? WHERE id = ?", (faces.changes, faces.id))


async def mark_staff(
    tx: Transaction, staff_id: str, tracks: Collection[str], *, how: str, at_ms: int
) -> list[str]:
    """Say that tracks are somebody's on the list; returns those that are so newly.

    Args:
        tx: the transaction.
        staff_id: whose.
        tracks: ids; unknown ones are passed over.
        how: `found` by the machine, which never changes what a person said; `pointed` or
            `left_out` by a person.
        at_ms: now.
    """
    verb = "INSERT OR IGNORE" if how == "found" else "INSERT OR REPLACE"
    rows = await tx.rows(
        f"SELECT id FROM track WHERE id {_IN} AND NOT {IS_STAFF}", (json.dumps(sorted(tracks)),)
    )
    before = {row["id"] for row in rows}
    await tx.execute(
        f"{verb} INTO staff_track (track, staff, how, at_ms)"
        f" SELECT id, ?, ?, ? FROM track WHERE id {_IN}",
        (staff_id, how, at_ms, json.dumps(sorted(tracks))),
    )
    rows = await tx.rows(
        f"SELECT id FROM track WHERE id {_IN} AND {IS_STAFF}", (json.dumps(sorted(before)),)
    )
    tx.touch("staff_track")
    return [row["id"] for row in rows]


async def drop_staff(tx: Transaction, staff_id: str) -> list[str]:
    """Delete somebody with everything that is kept; returns the tracks that were theirs.

    Everybody else has to be applied again: a track is one person's only.
    """
    rows = await tx.rows(
        "DELETE FROM staff_track WHERE staff = ? RETURNING track, how", (staff_id,)
    )
    await tx.execute(
        "DELETE FROM staff_copy WHERE id IN (SELECT id FROM staff_vector WHERE staff = ?)",
        (staff_id,),
    )
    await tx.execute("DELETE FROM staff_vector WHERE staff = ?", (staff_id,))
    await tx.execute("DELETE FROM staff WHERE id = ?", (staff_id,))
    await tx.execute("UPDATE staff SET changes = changes + 1")
    tx.touch("staff")
    return sorted(row["track"] for row in rows if row["how"] != "left_out")


async def erase_staff_copies(tx: Transaction, tracks: Collection[str]) -> int:
    """Delete faces that were copied from tracks of people who are erased; returns how many.

    Whoever is known by no other face any more is taken off the list.
    """
    wanted = json.dumps(sorted(tracks))
    rows = await tx.rows(
        "DELETE FROM staff_vector WHERE id IN"
        f" (SELECT id FROM staff_copy WHERE track {_IN}) RETURNING staff",
        (wanted,),
    )
    await tx.execute(f"DELETE FROM staff_copy WHERE track {_IN}", (wanted,))
    for staff_id in sorted({row["staff"] for row in rows}):
        left = "SELECT 1 FROM staff_vector WHERE staff = ? LIMIT 1"
        if not await tx.rows(left, (staff_id,)):
            await let_in_again(tx, await drop_staff(tx, staff_id))
    return len(rows)


async def let_in_again(tx: Transaction, tracks: Collection[str]) -> None:
    """Let visits and orders look at tracks that are nobody's on the list any more."""
    wanted = json.dumps(sorted(tracks))
    await tx.execute(
        "INSERT OR IGNORE INTO session_news"
        f" SELECT id FROM track WHERE state = 'ended' AND id {_IN}",
        (wanted,),
    )
    await tx.execute(
        f"INSERT OR IGNORE INTO order_news SELECT id FROM track WHERE id {_IN}", (wanted,)
    )
    tx.touch("track")


async def leave_out(tx: Transaction, tracks: Collection[str]) -> None:
    """Untie tracks of staff from orders, and wake who waits to link them."""
    await tx.execute(f"DELETE FROM order_track WHERE track {_IN}", (json.dumps(sorted(tracks)),))
    tx.touch("track")


async def staff_news(reads: Reads, limit: int) -> dict[str, int]:
    """Up to `limit` tracks that have not been held against the list, with the count of each."""
    rows = await reads.rows("SELECT track, times FROM staff_news ORDER BY track LIMIT ?", (limit,))
    return {row["track"]: row["times"] for row in rows}


async def held_against_staff(tx: Transaction, news: Mapping[str, int]) -> None:
    """Take notes away that have not changed since they were read."""
    await tx.execute_many(
        "DELETE FROM staff_news WHERE track = ? AND times = ?", list(news.items())
    )
    tx.touch("track")


async def staff_of(reads: Reads, tracks: Collection[str]) -> dict[str, str]:
    """Whose these tracks are, where they are somebody's on the list."""
    rows = await reads.rows(
        f"SELECT track, staff FROM staff_track WHERE track {_IN} AND how <> 'left_out'",
        (json.dumps(sorted(set(tracks))),),
    )
    return {row["track"]: row["staff"] for row in rows}


async def staff_tracks(reads: Reads) -> frozenset[str]:
    """Every track that is somebody's on the list."""
    rows = await reads.rows("SELECT track FROM staff_track WHERE how <> 'left_out'")
    return frozenset(row["track"] for row in rows)
