"""Tracks, their clips, pictures and vectors as rows.

Write files and vectors first: `PictureFiles.write`, `VectorFiles.write`, then these rows.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from edge_agent.domain.polygon import polygons_of
from edge_agent.domain.track import Fragment, FragmentState, Marks, Shot, Track, TrackState
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Reads, Row, Transaction

TRACK_COLUMNS = (
    "id, camera, start_ms, end_ms, state, face_picture, face_ms, face_quality,"
    " body_picture, body_ms, body_quality, fragment"
)
FRAGMENT_COLUMNS = "id, camera, start_ms, end_ms, state, path, size, codec, sha256, masks"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """One stored picture.

    Attributes:
        at_ms: when it was taken.
        width: pixels, as is height.
        size: bytes of the file.
        sha256: of the file, in hexadecimal.
        marks: where in it the part lies, see `Marks`; None where that was not kept.
    """

    id: str
    track: str
    part: Part
    at_ms: int
    width: int
    height: int
    size: int
    sha256: str
    marks: Marks | None = None


async def save_track(tx: Transaction, track: Track) -> None:
    """Insert a track, or bring its row up to date."""
    await tx.execute(
        f"INSERT INTO track ({TRACK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET end_ms = excluded.end_ms, state = excluded.state,"
        " face_picture = excluded.face_picture, face_ms = excluded.face_ms,"
        " face_quality = excluded.face_quality, body_picture = excluded.body_picture,"
        " body_ms = excluded.body_ms, body_quality = excluded.body_quality,"
        " fragment = excluded.fragment",
        (
            track.id,
            track.camera,
            track.start_ms,
            track.end_ms,
            track.state.value,
            *_shot_columns(track.face),
            *_shot_columns(track.body),
            track.fragment,
        ),
    )
    tx.touch("track")


async def close_open_tracks(tx: Transaction) -> list[Track]:
    """End every track that a crash left open, as of its last sight, and return them ended."""
    rows = await tx.rows(f"SELECT {TRACK_COLUMNS} FROM track WHERE state = 'open' ORDER BY id")
    await tx.execute("UPDATE track SET state = 'ended' WHERE state = 'open'")
    if rows:
        tx.touch("track")
    return [track_of(row, state=TrackState.ENDED) for row in rows]


async def save_fragment(tx: Transaction, fragment: Fragment, sha256: str = "") -> None:
    """Insert a fragment, or bring its row up to date.

    Args:
        tx: the transaction.
        fragment: the clip.
        sha256: of the whole file, in hexadecimal, once it is closed or cut.
    """
    await tx.execute(
        f"INSERT INTO fragment ({FRAGMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms,"
        " state = excluded.state, path = excluded.path, size = excluded.size,"
        " codec = excluded.codec, sha256 = excluded.sha256, masks = excluded.masks",
        (
            fragment.id,
            fragment.camera,
            fragment.start_ms,
            fragment.end_ms,
            fragment.state.value,
            fragment.path,
            fragment.size,
            fragment.codec,
            sha256,
            json.dumps(fragment.masks),
        ),
    )
    tx.touch("fragment")


async def link_fragment(tx: Transaction, track_id: str, fragment_id: str) -> None:
    """Say that a fragment shows a track; saying it twice is no harm."""
    await tx.execute("INSERT OR IGNORE INTO track_fragment VALUES (?, ?)", (track_id, fragment_id))
    tx.touch("fragment")


async def add_picture(tx: Transaction, picture: PictureRow) -> None:
    """Insert the row of a picture whose file is durable."""
    await tx.execute(
        "INSERT OR REPLACE INTO picture VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            picture.id,
            picture.track,
            picture.part.value,
            picture.at_ms,
            picture.width,
            picture.height,
            picture.size,
            picture.sha256,
            None if picture.marks is None else json.dumps(asdict(picture.marks)),
        ),
    )


async def drop_picture(tx: Transaction, picture_id: str) -> None:
    """Delete the row of a picture; delete its file after the commit."""
    await tx.execute("DELETE FROM picture WHERE id = ?", (picture_id,))


async def add_vector_ref(tx: Transaction, stored: StoredVector) -> None:
    """Insert the row that names a vector whose numbers are durable."""
    await tx.execute(
        "INSERT OR REPLACE INTO vector_ref VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stored.id,
            stored.track,
            stored.camera,
            stored.vector.part.value,
            stored.vector.model,
            stored.at_ms,
            float(stored.quality),
        ),
    )
    tx.touch("vector")


async def drop_vector_ref(tx: Transaction, vector_id: str) -> None:
    """Delete the row that names a vector; delete its numbers after the commit."""
    await tx.execute("DELETE FROM vector_ref WHERE id = ?", (vector_id,))
    tx.touch("vector")


async def vector_refs(reads: Reads, track_id: str) -> list[tuple[str, int]]:
    """The id and `at_ms` of each vector of a track, as `VectorFiles` wants them."""
    rows = await reads.rows("SELECT id, at_ms FROM vector_ref WHERE track = ?", (track_id,))
    return [(row["id"], row["at_ms"]) for row in rows]


async def vector_refs_of(reads: Reads, track_ids: Collection[str]) -> list[tuple[str, int]]:
    """The same of many tracks."""
    rows = await reads.rows(
        "SELECT id, at_ms FROM vector_ref WHERE track IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(track_ids)),),
    )
    return [(row["id"], row["at_ms"]) for row in rows]


async def best_face(reads: Reads, track_id: str) -> Shot | None:
    """The best picture of a track's face so far."""
    rows = await reads.rows(f"SELECT {TRACK_COLUMNS} FROM track WHERE id = ?", (track_id,))
    return shot_of(rows[0], Part.FACE) if rows else None


async def vectors_of(store: Store, track_id: str) -> list[StoredVector]:
    """The vectors of a track with their numbers."""
    return await store.vectors.get(await vector_refs(store, track_id))


async def recording_fragments(reads: Reads) -> list[Fragment]:
    """Clips that count as being written; at start, those that a crash interrupted."""
    rows = await reads.rows(
        f"SELECT {FRAGMENT_COLUMNS} FROM fragment WHERE state = 'recording' ORDER BY id"
    )
    return [fragment_of(row) for row in rows]


def track_of(row: Row, *, state: TrackState | None = None) -> Track:
    """The track in a row that holds `TRACK_COLUMNS`."""
    return Track(
        id=row["id"],
        camera=row["camera"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        state=TrackState(row["state"]) if state is None else state,
        face=shot_of(row, Part.FACE),
        body=shot_of(row, Part.BODY),
        fragment=row["fragment"],
    )


def fragment_of(row: Row) -> Fragment:
    """The fragment in a row that holds `FRAGMENT_COLUMNS`."""
    return Fragment(
        id=row["id"],
        camera=row["camera"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        state=FragmentState(row["state"]),
        path=row["path"],
        size=row["size"],
        codec=row["codec"],
        masks=polygons_of(json.loads(row["masks"])),
    )


def picture_of(row: Row) -> PictureRow:
    """The picture in a row of all columns of table `picture`."""
    return PictureRow(
        id=row["id"],
        track=row["track"],
        part=Part(row["part"]),
        at_ms=row["at_ms"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        sha256=row["sha256"],
        marks=marks_of(row["marks"]),
    )


def marks_of(text: str | None) -> Marks | None:
    """The marks in column `marks` of table `picture`."""
    if text is None:
        return None
    fields = json.loads(text)
    return Marks(
        xyxy=tuple(fields["xyxy"]),
        landmarks=tuple(fields["landmarks"]),
        detector=fields["detector"],
    )


def shot_of(row: Row, part: Part) -> Shot | None:
    """The best shot of one part in a row that holds `TRACK_COLUMNS`."""
    of_picture, of_ms, of_quality = _SHOT_COLUMNS[part]
    picture = row[of_picture]
    if picture is None:
        return None
    return Shot(part=part, picture=picture, at_ms=row[of_ms], quality=row[of_quality])


_SHOT_COLUMNS = {part: (f"{part}_picture", f"{part}_ms", f"{part}_quality") for part in Part}


def _shot_columns(shot: Shot | None) -> Sequence[object]:
    return (None, None, None) if shot is None else (shot.picture, shot.at_ms, float(shot.quality))
