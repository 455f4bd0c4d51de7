"""Instances of Image Search and what lies in them, as pages list it."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from edge_agent.domain.image_item import ImageInstance, ImageItem
from edge_agent.wire.links import LinkSigner
from edge_agent.wire.model import Answer, Parameters


class ItemsQuery(Parameters):
    """Which items of an instance."""

    after: Annotated[int, Field(ge=0, lt=1 << 63)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Instance(Answer):
    """An instance, as configured."""

    name: str
    service: int
    """What it is for; 0 is goods, the only one with categories."""
    items: int
    capacity: int
    created_ms: int
    model: str
    """What makes vectors of pictures."""
    ready: bool
    """Whether it is loaded; until then nothing is found in it."""


class Instances(Answer):
    """All instances."""

    instances: list[Instance]


class Item(Answer):
    """An item of an instance."""

    product: str
    name: str
    """Of the picture."""
    category: int
    custom: str | None
    ints: list[int | None]
    texts: list[str | None]
    region: str | None
    """`x1,x2,y1,y2` in pixels of the picture as it came: what of it is compared as well."""
    added_ms: int
    picture_url: str


class Items(Answer):
    """A page of items, the newest first."""

    items: list[Item]
    next: int | None
    """Give it as `after` for the next page; null on the last one."""


def instance(told: ImageInstance, *, items: int, model: str, ready: bool) -> Instance:
    """Show an instance."""
    return Instance(
        name=told.name,
        service=int(told.service),
        items=items,
        capacity=told.capacity,
        created_ms=told.created_ms,
        model=model,
        ready=ready,
    )


def items(found: Iterable[ImageItem], following: int | None, links: LinkSigner) -> Items:
    """Show a page."""
    return Items(items=[_item(one, links) for one in found], next=following)


def _item(one: ImageItem, links: LinkSigner) -> Item:
    return Item(
        product=one.product,
        name=one.name,
        category=one.category,
        custom=one.custom,
        ints=list(one.ints),
        texts=list(one.texts),
        region=None if one.region is None else str(one.region),
        added_ms=one.added_ms,
        picture_url=links.item(one.picture),
    )
