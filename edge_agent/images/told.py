"""What is answered about instances, as every door shows it."""

from dataclasses import dataclass

from edge_agent.domain.image_item import ImageInstance, ImageItem, Region
from edge_agent.images.looking import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTold:
    """What was made of the picture that was sent.

    Attributes:
        region: what of it counts most; None where no picture was sent.
        category: of it.
        others: its subjects, the main one first.
        categories: whether the instance has categories.
    """

    region: Region | None
    category: int
    others: tuple[Region, ...] = ()
    categories: bool = False


@dataclass(frozen=True, slots=True)
class ItemHit:
    """An item that was found; `score` 0 to 1, None where nothing was compared."""

    item: ImageItem
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page of what was found.

    Attributes:
        total: how many there are on all pages.
        hits: of this page, best first.
        took_ms: of comparing, milliseconds.
        picture: what was asked with; None where that was no picture.
    """

    total: int
    hits: tuple[ItemHit, ...]
    took_ms: int = 0
    picture: PictureTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTold:
    """An instance, and how many items it has.

    Attributes:
        items: that are found.
        model: that looks at pictures.
        looked_at: share of the items that it has looked at; the others are of a model before.
        ready: whether it is loaded, so that it answers.
    """

    instance: ImageInstance
    items: int
    model: str
    looked_at: float
    ready: bool


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items as they were added, the newest first.

    Attributes:
        next: give it as `before` for the next page; None on the last one.
    """

    items: tuple[ImageItem, ...]
    next: int | None


def told_of(looked: Looked, *, categories: bool) -> PictureTold:
    """What was made of a picture that has been looked at."""
    return PictureTold(
        region=looked.region,
        category=looked.category,
        others=looked.others,
        categories=categories,
    )
