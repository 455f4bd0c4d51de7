"""People who work in the store."""

from dataclasses import dataclass

from edge_agent.domain.vector import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody whose tracks are left out of visits and results.

    Attributes:
        name: for people.
        models: the stamps of what is kept of the face, one for each vector.
        tracks: how many tracks are theirs now.
        applied: whether every stored track has been held against the face.
    """

    id: str
    name: str
    created_ms: int
    models: tuple[str, ...]
    tracks: int
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StaffFaces:
    """How somebody who works here looks.

    Attributes:
        changes: counts up whenever the vectors change.
        vectors: of faces; every one of them is this person.
    """

    id: str
    changes: int
    vectors: tuple[Vector, ...]
