"""Apps in whose name picture searches are asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchApp:
    """A picture-search app; the devices bound to it limit its searches.

    Attributes:
        id: 32 hexadecimal digits that sort by creation.
    """

    id: str
    name: str
    description: str
    created_ms: int
    modified_ms: int
