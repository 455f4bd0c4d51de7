"""What orders are reported with, and how they are shown."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from edge_agent.domain import order as domain
from edge_agent.wire.model import Answer, Milliseconds, Parameters, PlainId

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


def order(value: domain.Order, tracks: tuple[str, ...]) -> Order:
    """Show an order with the ids of its tracks."""
    return Order(
        id=value.id, till=value.till, at_ms=value.at_ms, amount=value.amount, tracks=list(tracks)
    )
