"""People somebody looks out for: lists with an owner, a reason and an end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """A list of people.

    Attributes:
        name: for people.
        owner: who answers for it.
        reason: why these people are looked out for.
        expires_ms: then the list goes, with everything that is kept of the people on it.
        entries: how many people are on it.
    """

    id: str
    name: str
    owner: str
    reason: str
    created_ms: int
    expires_ms: int
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """One person on a list.

    Attributes:
        name: for people.
        models: the stamps of what is kept of the face, one for each vector.
        picture: id of the picture that is kept to show who it is; None where none is.
        hits: how many visits of this person were noticed.
    """

    id: str
    list: str
    name: str
    created_ms: int
    models: tuple[str, ...]
    picture: str | None
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit:
    """A visit of somebody on a list.

    Attributes:
        id: sorts by the time it was noticed.
        at_ms: when the face was seen that was recognised.
        similarity: cosine of the most similar view so far and the nearest face of the entry.
        threshold: similarity from which it counted.
        false_alarm_rate: share of strangers who reach the threshold against one person, as
            measured; None where nobody measured the threshold in use.
        tracks: that were recognised during the visit, oldest first.
    """

    id: str
    list: str
    entry: str
    at_ms: int
    similarity: float
    threshold: float
    false_alarm_rate: float | None
    tracks: tuple[str, ...]
