"""Receipts that the point of sale reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One receipt.

    Attributes:
        id: as the point of sale calls it.
        till: a camera, or the name of a zone of kind till.
        at_ms: when it was paid.
        amount: a decimal number, as it was given.
        put_ms: when the box was told.
    """

    id: str
    till: str
    at_ms: int
    amount: str | None
    put_ms: int


@dataclass(frozen=True, slots=True)
class Stand:
    """Where whoever pays stands, as one camera sees it.

    Attributes:
        zone: name of a zone of kind till; None for the camera's whole picture.
    """

    camera: str
    zone: str | None
