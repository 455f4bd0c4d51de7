"""What is asked and said about orders and visits."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from edge_agent.domain import order as domain
from edge_agent.domain import session as domain_session
from edge_agent.domain.period import check_period
from edge_agent.domain.session import LinkedBy
from edge_agent.wire.model import (
    END_OF_TIME_MS,
    Answer,
    HexId,
    Milliseconds,
    Parameters,
    PlainId,
)

AMOUNT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"

Label = Annotated[str, Field(min_length=1, max_length=64)]
"""What people call a zone or a line."""


class OrderPut(Parameters):
    """Report a receipt of the point of sale; the same again changes nothing."""

    id: PlainId
    """As the point of sale calls it."""
    till: Label
    """Name of a zone of kind till, or id of a camera."""
    at_ms: Milliseconds
    """When it was paid."""
    amount: Annotated[str, Field(pattern=AMOUNT)] | int | None = None
    """A decimal number; as text where it has decimals, because JSON's numbers lose some."""

    @field_validator("amount")
    @classmethod
    def _in_bounds(cls, amount: str | int | None) -> str | int | None:
        if isinstance(amount, int) and abs(amount) >= 10**12:
            raise ValueError("must have at most 12 digits before the point")
        return amount

    def order(self) -> domain.Order:
        """The same in the domain's words."""
        return domain.Order(
            id=self.id,
            till=self.till,
            at_ms=self.at_ms,
            amount=None if self.amount is None else format(Decimal(self.amount), "f"),
            put_ms=0,
        )


class Order(Answer):
    """A receipt and who stood at its till."""

    id: str
    till: str
    at_ms: int
    amount: str | None
    tracks: list[str]
    """Ids of the tracks it is tied to so far; whoever is written down later comes to them."""


class OrderGet(Parameters):
    """Look at an order."""

    id: PlainId
    """As the point of sale calls it."""


class SessionGet(Parameters):
    """Look at a visit."""

    session: HexId
    """Its id."""


class SessionList(Parameters):
    """Read a page of visits, newest first."""

    start_ms: Milliseconds = 0
    """Only visits seen at or after this time."""
    end_ms: Milliseconds = END_OF_TIME_MS
    """Only visits seen before this time."""
    after: Annotated[str | None, Field(max_length=128)] = None
    """Visits older than this place; `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many at the most."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_period(self.start_ms, self.end_ms)
        return self


class SessionSplit(Parameters):
    """Take tracks out of a visit into one of their own; no machine puts them together again."""

    session: HexId
    """The visit."""
    tracks: Annotated[list[HexId], Field(min_length=1, max_length=500)]
    """Ids of those that are somebody else."""


class SessionMerge(Parameters):
    """Put visits together into the one that began first; no machine takes them apart."""

    sessions: Annotated[list[HexId], Field(min_length=2, max_length=100)]
    """Their ids."""


class SessionTrack(Answer):
    """A track of a visit."""

    track: str
    how: LinkedBy
    """Who put it there."""
    confidence: float
    """0 to 1; 0.5 and more means that faces match, less that only clothes do. No probability."""


class Session(Answer):
    """Tracks that seem to be one person's visit; a suggestion, never a fact."""

    id: str
    start_ms: int
    end_ms: int
    confidence: float
    """Of its weakest link."""
    changed_ms: int
    tracks: list[SessionTrack]


class Sessions(Answer):
    """A page of visits, newest first."""

    sessions: list[Session]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


def session(value: domain_session.Session) -> Session:
    """Show a visit."""
    return Session(
        id=value.id,
        start_ms=value.start_ms,
        end_ms=value.end_ms,
        confidence=value.confidence,
        changed_ms=value.changed_ms,
        tracks=[
            SessionTrack(track=one.track, how=one.how, confidence=one.confidence)
            for one in value.tracks
        ],
    )


def order(value: domain.Order, tracks: tuple[str, ...]) -> Order:
    """Show an order with the ids of its tracks."""
    return Order(
        id=value.id, till=value.till, at_ms=value.at_ms, amount=value.amount, tracks=list(tracks)
    )
