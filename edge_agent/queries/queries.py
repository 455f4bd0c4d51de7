"""Everything the doors may ask about what is stored; read-only."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence

from edge_agent.domain.cursor import from_cursor, to_cursor
from edge_agent.domain.errors import Refused
from edge_agent.domain.job import Job
from edge_agent.domain.worn import WORDS
from edge_agent.queries.pages import Page, check_limit
from edge_agent.queries.rows import (
    Counts,
    FragmentRow,
    HitRow,
    TrackRow,
    fragment_row,
    hit_row,
    shown_track,
)
from edge_agent.queries.track_pages import (
    COUNT_FEW,
    FEW,
    LONGEST,
    TrackFilter,
    track_statements,
)
from edge_agent.storage import Reads, Row, Store
from edge_agent.storage.cameras import CameraRow, get_cameras
from edge_agent.storage.jobs import JOB_COLUMNS, get_job, job_of
from edge_agent.storage.tracks import (
    FRAGMENT_COLUMNS,
    TRACK_COLUMNS,
    PictureRow,
    picture_of,
    track_of,
)
from edge_agent.storage.visits import with_visits

_HITS = (
    "SELECT rank, track, score, face_score, body_score, matched, person, probability,"
    f" {TRACK_COLUMNS} FROM hit JOIN track ON track.id = hit.track"
    " WHERE job = ? AND rank > ? ORDER BY rank LIMIT ?"
)
_COUNTS = (
    "SELECT (SELECT count(*) FROM track) AS tracks,"
    " (SELECT count(*) FROM track WHERE state = 'open') AS open_tracks,"
    " (SELECT count(*) FROM fragment) AS fragments,"
    " (SELECT count(*) FROM picture) AS pictures,"
    " (SELECT count(*) FROM vector_ref) AS vectors,"
    " (SELECT count(*) FROM job) AS jobs,"
    " (SELECT count(*) FROM job WHERE state IN ('initialising', 'running')) AS unfinished_jobs,"
    " (SELECT count(*) FROM outbox) AS outbox,"
    " (SELECT min(start_ms) FROM track) AS oldest_track_ms"
)


class Queries:
    """The read side.

    Every method may raise `Unavailable` where the disk fails. Limits are from 1 to 1000; others,
    and cursors that no page ended with, are `Refused`.
    """

    def __init__(self, store: Store, attributes: Collection[str] = ()) -> None:
        """Read a store.

        Args:
            store: what is read.
            attributes: keys of `domain.worn.WORDS` by which tracks may be asked for.
        """
        self._store = store
        self._attributes = frozenset(attributes)

    async def tracks(
        self, wanted: TrackFilter, *, after: str | None = None, limit: int = 50
    ) -> Page[TrackRow]:
        """Tracks, the newest start first.

        Args:
            wanted: which ones.
            after: the `after` of the page before.
            limit: rows per page.

        Raises:
            Refused: a reversed time range, a wrong limit or cursor, an attribute that is not told.
        """
        _check_range(wanted)
        self._check_told(wanted)
        longest = await self._store.rows(LONGEST)
        statements = track_statements(
            wanted,
            longest_ms=longest[0][0] or 0,
            last=from_cursor(after),
            limit=check_limit(limit) + 1,
            rare=[said for said in wanted.worn if await self._rare(*said)],
        )
        found = [row for sql, values in statements for row in await self._store.rows(sql, values)]
        found.sort(key=lambda row: (row["start_ms"], row["id"]), reverse=True)
        rows = await _with_fragments(self._store, found[:limit])
        more = len(found) > limit
        return Page(rows, to_cursor(rows[-1].start_ms, rows[-1].id) if more else None)

    async def track(self, track_id: str) -> TrackRow | None:
        """One track, None where there is none of this id."""
        sql = f"SELECT {TRACK_COLUMNS} FROM track WHERE id = ?"
        rows = await _with_fragments(self._store, await self._store.rows(sql, (track_id,)))
        return rows[0] if rows else None

    async def fragments_of(self, track_id: str) -> list[FragmentRow]:
        """The clips that show a track, oldest first."""
        rows = await self._store.rows(
            f"SELECT {FRAGMENT_COLUMNS} FROM track_fragment"
            " JOIN fragment ON fragment.id = track_fragment.fragment"
            " WHERE track = ? ORDER BY fragment.start_ms, fragment.id",
            (track_id,),
        )
        return [fragment_row(row) for row in rows]

    async def fragment(self, fragment_id: str) -> FragmentRow | None:
        """One clip, None where there is none of this id."""
        sql = f"SELECT {FRAGMENT_COLUMNS} FROM fragment WHERE id = ?"
        rows = await self._store.rows(sql, (fragment_id,))
        return fragment_row(rows[0]) if rows else None

    async def newest_clip(self, camera: str) -> FragmentRow | None:
        """The newest whole clip of a camera, None where there is none."""
        sql = (
            f"SELECT {FRAGMENT_COLUMNS} FROM fragment WHERE camera = ?"
            " AND state IN ('closed', 'cut') ORDER BY start_ms DESC, id DESC LIMIT 1"
        )
        rows = await self._store.rows(sql, (camera,))
        return fragment_row(rows[0]) if rows else None

    async def best_moment(self, fragment_id: str) -> int | None:
        """When the best picture was taken that a clip shows: of a face, or else of a body."""
        sql = (
            "SELECT face_ms AS at_ms, 1 AS face, face_quality AS quality"
            " FROM fragment, track_fragment, track WHERE fragment.id = ?1"
            " AND track_fragment.fragment = ?1 AND track.id = track"
            " AND face_ms BETWEEN fragment.start_ms AND fragment.end_ms"
            " UNION ALL SELECT body_ms, 0, body_quality"
            " FROM fragment, track_fragment, track WHERE fragment.id = ?1"
            " AND track_fragment.fragment = ?1 AND track.id = track"
            " AND body_ms BETWEEN fragment.start_ms AND fragment.end_ms"
            " ORDER BY face DESC, quality DESC, at_ms LIMIT 1"
        )
        rows = await self._store.rows(sql, (fragment_id,))
        return rows[0]["at_ms"] if rows else None

    async def tracks_in(self, fragment_id: str) -> list[str]:
        """Ids of the tracks that a clip shows, in order."""
        sql = "SELECT track FROM track_fragment WHERE fragment = ? ORDER BY track"
        return [row["track"] for row in await self._store.rows(sql, (fragment_id,))]

    async def picture(self, picture_id: str) -> PictureRow | None:
        """One stored picture, None where there is none of this id."""
        rows = await self._store.rows("SELECT * FROM picture WHERE id = ?", (picture_id,))
        return picture_of(rows[0]) if rows else None

    async def jobs(self, *, after: str | None = None, limit: int = 50) -> Page[Job]:
        """Jobs, newest first; their questions lack the picture."""
        last = from_cursor(after)
        rows = await self._store.rows(
            f"SELECT {JOB_COLUMNS} FROM job WHERE id < ? ORDER BY id DESC LIMIT ?",
            (last[1] if last else "\U0010ffff", check_limit(limit) + 1),
        )
        jobs = tuple(job_of(row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(jobs, to_cursor(jobs[-1].created_ms, jobs[-1].id) if more else None)

    async def job(self, job_id: str) -> Job | None:
        """One job without its query picture, None where there is none of this id."""
        return await self._store.at_once(lambda reads: get_job(reads, job_id))

    async def query_picture(self, job_id: str) -> bytes | None:
        """The picture a job asks with, as it came; None once the job has ended, or without one."""
        rows = await self._store.rows("SELECT picture FROM job WHERE id = ?", (job_id,))
        return rows[0]["picture"] if rows else None

    async def hits(self, job_id: str, *, after_rank: int = 0, limit: int = 50) -> list[HitRow]:
        """The hits of a job from the rank after `after_rank` on, with their tracks."""
        limit = check_limit(limit)

        async def read(reads: Reads) -> list[HitRow]:
            rows = await reads.rows(_HITS, (job_id, after_rank, limit))
            tracks = await _with_fragments(reads, rows)
            return [hit_row(row, track) for row, track in zip(rows, tracks, strict=True)]

        return await self._store.at_once(read)

    async def cameras(self) -> list[CameraRow]:
        """Every camera that is or was configured, by id."""
        return await get_cameras(self._store)

    async def counts(self) -> Counts:
        """How much there is; reads an index of each table, so ask it seldom on a full box."""
        row = (await self._store.rows(_COUNTS))[0]
        return Counts(**dict(row))

    def _check_told(self, wanted: TrackFilter) -> None:
        untold = sorted({key for key, _ in wanted.worn} - self._attributes)
        if untold:
            told = ", ".join(key for key in WORDS if key in self._attributes)
            raise Refused(
                f"{', '.join(untold)} is not told on this box; told is: {told or 'nothing'}",
                field="attributes",
            )

    async def _rare(self, key: str, value: str) -> bool:
        rows = await self._store.rows(COUNT_FEW, (key, value, FEW))
        return int(rows[0][0]) < FEW


async def _with_fragments(reads: Reads, rows: Sequence[Row]) -> tuple[TrackRow, ...]:
    shown: dict[str, list[str]] = {row["id"]: [] for row in rows}
    links = await reads.rows(
        "SELECT track, fragment FROM track_fragment"
        " WHERE track IN (SELECT value FROM json_each(?)) ORDER BY track, fragment",
        (json.dumps(list(shown)),),
    )
    for link in links:
        shown[link["track"]].append(link["fragment"])
    tracks = await with_visits(reads, [track_of(row) for row in rows])
    return tuple(shown_track(track, tuple(shown[track.id])) for track in tracks)


def _check_range(wanted: TrackFilter) -> None:
    start_ms, end_ms = wanted.start_ms, wanted.end_ms
    if start_ms is not None and end_ms is not None and start_ms >= end_ms:
        raise Refused("the time range ends before it starts", field="end_ms")
