"""Which stored pictures have a vector of the models in use, and which have none yet.

Nothing but pictures and vectors tells what is left. Tracks that are being followed are left out:
they get their vectors from whoever follows them.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edge_agent.domain.track import Marks, Shot
from edge_agent.domain.vector import Part
from edge_agent.storage.tracks import marks_of, shot_of
from edge_agent.storage.transaction import Reads, Row, Transaction

_MADE = "EXISTS (SELECT 1 FROM vector_ref AS v WHERE v.track = t.id AND v.part = ? AND v.model = ?)"
_FAILED = "SELECT reason FROM not_embedded AS n WHERE n.picture = t.{part}_picture AND n.model = ?"
_SHOTS = ", ".join(f"t.{part}_picture, t.{part}_ms, t.{part}_quality" for part in Part)

Models = Sequence[tuple[Part, str]]
"""The stamps in use, each with the part it looks at; of bodies there may be two."""

Place = tuple[int, str]
"""Where a walk over tracks has come to: start and id of the last one; newest first."""

BEGINNING: Place = (1 << 62, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How far the stored pictures are.

    Attributes:
        pictures: best pictures of tracks that have ended, once for each model that looks at them.
        made: those whose track has a vector of that model.
        failed: those without one of which it is known that it cannot be made, by reason.
        outdated: vectors of other models where there is one of each in use.
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
    """A picture without a vector of a model in use.

    Attributes:
        model: the stamp that the vector will have.
        sha256: of its file; None where the picture's row is missing.
        marks: where in it the part lies, where that was kept.
    """

    track: str
    camera: str
    shot: Shot
    model: str
    sha256: str | None
    marks: Marks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some tracks, looked through.

    Attributes:
        after: where to go on.
        pictures: what is to be embedded.
        outdated: tracks and parts that have a vector of each model in use and others beside.
    """

    after: Place
    pictures: Sequence[Unembedded]
    outdated: Sequence[tuple[str, Part]]


async def count_embedded(reads: Reads, models: Models) -> Counted:
    """Count the pictures of all ended tracks; reads every track once."""
    pictures = made = outdated = 0
    failed: dict[str, int] = {}
    for part, model in models:
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
    for part in Part:
        others = _others(part, models)
        rows = await reads.rows(
            "SELECT count(*) AS n FROM vector_ref AS o JOIN track AS t ON t.id = o.track"
            f" WHERE o.part = ? AND {others.text}",
            (part.value, *others.values),
        )
        outdated += rows[0]["n"]
    return Counted(pictures=pictures, made=made, failed=failed, outdated=outdated)


class _Sql(NamedTuple):
    text: str
    values: tuple[str, ...]


def _others(part: Part, models: Models) -> _Sql:
    """That vector `o` of track `t` is of another model, and there is one of each in use."""
    own = [model for of_part, model in models if of_part is part]
    marks = ", ".join("?" * len(own))
    every = " AND ".join([_MADE] * len(own)) or "FALSE"
    made = tuple(value for model in own for value in (part.value, model))
    return _Sql(f"o.model NOT IN ({marks}) AND {every}", (*own, *made))


async def unembedded(reads: Reads, models: Models, after: Place, count: int) -> Page | None:
    """Look through the next `count` ended tracks, newest first; None where there are no more."""
    columns, parameters = list[str](), list[str]()
    for number, (part, model) in enumerate(models):
        columns += [
            f"{_MADE} AS made{number}",
            f"EXISTS ({_FAILED.format(part=part)}) AS failed{number}",
        ]
        parameters += [part.value, model, model]
    for part in Part:
        others = _others(part, models)
        beside = f"o.track = t.id AND o.part = ? AND {others.text}"
        columns += [
            f"(SELECT sha256 FROM picture WHERE id = t.{part}_picture) AS {part}_sha256",
            f"(SELECT marks FROM picture WHERE id = t.{part}_picture) AS {part}_marks",
            f"EXISTS (SELECT 1 FROM vector_ref AS o WHERE {beside}) AS {part}_others",
        ]
        parameters += [part.value, *others.values]
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
        pictures=[
            one
            for row in rows
            for number, (part, model) in enumerate(models)
            for one in _wanted(row, number, part, model)
        ],
        outdated=[(row["id"], part) for row in rows for part in Part if row[f"{part}_others"]],
    )


def _wanted(row: Row, number: int, part: Part, model: str) -> list[Unembedded]:
    shot = shot_of(row, part)
    if shot is None or row[f"made{number}"] or row[f"failed{number}"]:
        return []
    return [
        Unembedded(
            track=row["id"],
            camera=row["camera"],
            shot=shot,
            model=model,
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


async def note_failure(tx: Transaction, one: Unembedded, reason: str) -> None:
    """Say that its model can make no vector of a picture, unless its track is gone."""
    if await still_shown(tx, one):
        await tx.execute(
            "INSERT OR REPLACE INTO not_embedded VALUES (?, ?, ?, ?)",
            (one.shot.picture, one.track, one.model, reason),
        )


async def drop_outdated(
    tx: Transaction, track: str, part: Part, models: Models
) -> list[tuple[str, int]]:
    """Delete the rows of a part's other vectors where there is one of each model in use.

    Returns:
        The id and `at_ms` of each, for the index and `VectorFiles.delete`.
    """
    others = _others(part, models)
    rows = await tx.rows(
        "SELECT o.id, o.at_ms FROM vector_ref AS o JOIN track AS t ON t.id = o.track"
        f" WHERE t.id = ? AND o.part = ? AND {others.text}",
        (track, part.value, *others.values),
    )
    await tx.execute_many("DELETE FROM vector_ref WHERE id = ?", [(row["id"],) for row in rows])
    if rows:
        tx.touch("vector")
    return [(row["id"], row["at_ms"]) for row in rows]
