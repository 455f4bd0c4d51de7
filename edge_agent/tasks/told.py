"""What somebody says about people on the lists of staff and on watch lists, as doors hand it in."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self, TypedDict

from edge_agent.tasks.known_people import (
    Region,
    ToldFace,
    told_faces,
    told_pictures,
    told_regions,
)
from edge_agent.tasks.ports import Likenesses
from edge_agent.wire.staff import StaffChange, StaffCreate
from edge_agent.wire.watchlists import WatchEntryChange, WatchEntryCreate, WatchListChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """What is said about any person.

    Attributes:
        name: None keeps it.
        pictures: encoded, each showing one face, in its region where there is one.
        regions: of the pictures, or none at all.
        tracks: that are this person; the vectors of their faces are copied.
    """

    name: str | None = None
    pictures: Sequence[bytes] = ()
    regions: Sequence[Region | None] = ()
    tracks: Collection[str] = frozenset()

    async def faces(self, likenesses: Likenesses) -> list[ToldFace]:
        """One of each picture, and all that are stored of each track.

        Raises:
            Refused: a picture cannot be used, or does not show exactly one face.
            NotFound: there is no such track.
            Unavailable: a model or the storage does not answer.
        """
        return await told_faces(likenesses, self.pictures, self.regions, self.tracks)

    def counted(self) -> dict[str, object]:
        """How much is said; no name, no picture."""
        return {"pictures": len(self.pictures), "tracks": len(self.tracks)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(ToldPerson):
    """What is said about somebody of the staff.

    Attributes:
        not_tracks: that are not this person.
    """

    not_tracks: Collection[str] = frozenset()

    @classmethod
    def of(cls, wanted: StaffCreate | StaffChange) -> Self:
        """From what was sent to a door.

        Raises:
            Refused: a picture is not base64, or its region is none.
            TooLarge: a picture has too many bytes.
        """
        not_tracks = wanted.not_tracks if isinstance(wanted, StaffChange) else ()
        return cls(**_person(wanted), not_tracks=frozenset(not_tracks))

    def audited(self) -> dict[str, object]:
        """What the audit log keeps of it."""
        return {**self.counted(), "not_tracks": len(self.not_tracks)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEntry(ToldPerson):
    """What is said about a person on a watch list.

    Attributes:
        keep_picture: whether the first of the pictures, or the best of the tracks, is kept to show
            who it is.
    """

    keep_picture: bool = False

    @classmethod
    def of(cls, wanted: WatchEntryCreate | WatchEntryChange) -> Self:
        """From what was sent to a door.

        Raises:
            Refused: a picture is not base64, or its region is none.
            TooLarge: a picture has too many bytes.
        """
        return cls(**_person(wanted), keep_picture=wanted.keep_picture)

    def audited(self) -> dict[str, object]:
        """What the audit log keeps of it."""
        return {**self.counted(), "kept": self.keep_picture}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """What is to be different about a watch list; None keeps it."""

    name: str | None = None
    owner: str | None = None
    reason: str | None = None
    expires_ms: int | None = None

    @classmethod
    def of(cls, wanted: WatchListChange) -> Self:
        """From what was sent to a door."""
        return cls(
            name=wanted.name,
            owner=wanted.owner,
            reason=wanted.reason,
            expires_ms=wanted.expires_ms,
        )

    def said(self) -> dict[str, Any]:
        """What is said, by the fields of `WatchList`."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class _Wanted(Protocol):
    """What every message about a person has."""

    @property
    def name(self) -> str | None: ...
    @property
    def pictures(self) -> Sequence[str]: ...
    @property
    def regions(self) -> Sequence[Sequence[float] | None]: ...
    @property
    def tracks(self) -> Sequence[str]: ...


class _Person(TypedDict):
    name: str | None
    pictures: Sequence[bytes]
    regions: Sequence[Region | None]
    tracks: Collection[str]


def _person(wanted: _Wanted) -> _Person:
    return {
        "name": wanted.name,
        "pictures": told_pictures(wanted.pictures),
        "regions": told_regions(wanted.regions, wanted.pictures),
        "tracks": frozenset(wanted.tracks),
    }
