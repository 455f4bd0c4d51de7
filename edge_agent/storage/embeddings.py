"""Which stored pictures have a vector of the models in use, and which have none yet.

Nothing but pictures and vectors tells what is left. Tracks that are being followed are left out:
they get their vectors from whoever follows them.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge_agent.domain.track import Marks, Shot
from edge_agent.domain.vector import Part
from edge_agent.storage.tracks import marks_of, shot_of
from edge_agent.storage.transaction import Reads, Row, Transaction

_MADE = "EXISTS (SELECT 1 FROM vector_ref AS v WHERE v.track = t.id AND v.part = ? AND v.model = ?)"
_FAILED = "SELECT reason FROM not_embedded AS n WHERE n.picture = t.{part}_picture AND n.model = ?"
_SHOTS = ", ".join(f"t.{part}_picture, t.{part}_ms, t.{part}_quality" for part in Part)

Models = Mapping[Part, str]
"""The stamps in use."""

Place = tuple[int, str]
"""Where a walk over tracks has come to: start and id of the last one; newest first."""

BEGINNING: Place = (1 << 62, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How far the stored pictures are.

    Attributes:
        pictures: best pictures of tracks that have ended.
        made: those whose track has a vector of the model in use.
        failed: those without one of which it is known that it cannot be made, by reason.
        outdated: vectors of other models beside one of the model in use.
    """

    pictures: int
    made: int
    failed: Mapping[str, int]
    outdated: int

    @property
    def left(self) -> int:
        """Pictures that are still to be embedded."""
        return self.pictures - self.made - sum(self.failed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Unembedded:
    """A picture without a vector of the model in use.

    Attributes:
        sha256: of its file; None where the picture's row is missing.
        marks: where in it the part lies, where that was kept.
    """

    track: str
    camera: str
    shot: Shot
    sha256: str | None
    marks: Marks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some tracks, looked through.

    Attributes:
        after: where to go on.
        pictures: what is to be embedded.
        outdated: tracks and parts that have a vector of the model in use and others beside it.
    """

    after: Place
    pictures: Sequence[Unembedded]
    outdated: Sequence[tuple[str, Part]]


async def count_embedded(reads: Reads, models: Models) -> Counted:
    """Count the pictures of all ended tracks; reads every track once."""
    pictures = made = outdated = 0
    failed: dict[str, int] = {}
    for part, model in models.items():
        for row in await reads.rows(
            f"SELECT count(*) AS n, {_MADE} AS made, ({_FAILED.format(part=part)}) AS reason"
            f" FROM track AS t WHERE t.{part}_picture IS NOT NULL AND t.state = 'ended'"
            " GROUP BY made, reason",
            (part.value, model, model),
        ):
            pictures += row["n"]
            if row["made"]:
                made += row["n"]
            elif row["reason"] is not None:
                failed[row["reason"]] = failed.get(row["reason"], 0) + row["n"]
        rows = await reads.rows(
            f"SELECT count(*) AS n FROM vector_ref AS o JOIN track AS t ON t.id = o.track"
            f" WHERE o.part = ? AND o.model <> ? AND {_MADE}",
            (part.value, model, part.value, model),
        )
        outdated += rows[0]["n"]
    return Counted(pictures=pictures, made=made, failed=failed, outdated=outdated)


async def unembedded(reads: Reads, models: Models, after: Place, count: int) -> Page | None:
    """Look through the next `count` ended tracks, newest first; None where there are no more."""
    columns, parameters = [], []
    for part, model in models.items():
        columns.append(
            f"(SELECT sha256 FROM picture WHERE id = t.{part}_picture) AS {part}_sha256,"
            f" (SELECT marks FROM picture WHERE id = t.{part}_picture) AS {part}_marks,"
            f" {_MADE} AS {part}_made, EXISTS ({_FAILED.format(part=part)}) AS {part}_failed,"
            " EXISTS (SELECT 1 FROM vector_ref AS o"
            f" WHERE o.track = t.id AND o.part = ? AND o.model <> ?) AS {part}_others"
        )
        parameters += [part.value, model, model, part.value, model]
    start_ms, track = after
    rows = await reads.rows(
        f"SELECT t.id, t.camera, t.start_ms, {_SHOTS}, {', '.join(columns)} FROM track AS t"
        " WHERE (t.start_ms, t.id) < (?, ?) AND t.state = 'ended'"
        " ORDER BY t.start_ms DESC, t.id DESC LIMIT ?",
        (*parameters, start_ms, track, count),
    )
    if not rows:
        return None
    return Page(
        after=(rows[-1]["start_ms"], rows[-1]["id"]),
        pictures=[one for row in rows for part in models for one in _wanted(row, part)],
        outdated=[
            (row["id"], part)
            for row in rows
            for part in models
            if row[f"{part}_made"] and row[f"{part}_others"]
        ],
    )


def _wanted(row: Row, part: Part) -> list[Unembedded]:
    shot = shot_of(row, part)
    if shot is None or row[f"{part}_made"] or row[f"{part}_failed"]:
        return []
    return [
        Unembedded(
            track=row["id"],
            camera=row["camera"],
            shot=shot,
            sha256=row[f"{part}_sha256"],
            marks=marks_of(row[f"{part}_marks"]),
        )
    ]


async def still_shown(reads: Reads, one: Unembedded) -> bool:
    """Whether the picture is still the best one of its track."""
    rows = await reads.rows(
        f"SELECT 1 FROM track WHERE id = ? AND {one.shot.part}_picture = ?",
        (one.track, one.shot.picture),
    )
    return bool(rows)


async def note_failure(tx: Transaction, one: Unembedded, model: str, reason: str) -> None:
    """Say that a model can make no vector of a picture, unless its track is gone."""
    if await still_shown(tx, one):
        await tx.execute(
            "INSERT OR REPLACE INTO not_embedded VALUES (?, ?, ?, ?)",
            (one.shot.picture, one.track, model, reason),
        )


async def drop_outdated(
    tx: Transaction, track: str, part: Part, model: str
) -> list[tuple[str, int]]:
    """Delete the rows of a part's other vectors where there is one of this model.

    Returns:
        The id and `at_ms` of each, for the index and `VectorFiles.delete`.
    """
    others = "track = ? AND part = ? AND model <> ?"
    rows = await tx.rows(
        f"SELECT id, at_ms FROM vector_ref WHERE {others}"
        " AND EXISTS (SELECT 1 FROM vector_ref WHERE track = ? AND part = ? AND model = ?)",
        (track, part.value, model, track, part.value, model),
    )
    await tx.execute_many("DELETE FROM vector_ref WHERE id = ?", [(row["id"],) for row in rows])
    if rows:
        tx.touch("vector")
    return [(row["id"], row["at_ms"]) for row in rows]
