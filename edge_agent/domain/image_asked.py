"""What can be asked of instances, as every door reads it."""

from dataclasses import dataclass

from edge_agent.domain.image_item import NO_INTS, NO_TEXTS, Ints, Region, Texts
from edge_agent.domain.item_filter import Filter

PictureSource = bytes | str
"""An encoded picture, or the http or https address of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which of the items that were found.

    Attributes:
        start: how many of the best are passed over.
        count: how many at the most.
        filter: on attributes.
        distinct: of each product the best alone.
        least: score that they must reach, 0 to 1.
    """

    start: int = 0
    count: int = 10
    filter: Filter | None = None
    distinct: bool = False
    least: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAsked:
    """A picture, and what of it counts.

    Attributes:
        picture: the picture.
        category: number of a category; None has it predicted.
        crop: its main subject counts as well as all of it.
        region: this part alone counts.
    """

    picture: PictureSource
    category: int | None = None
    crop: bool = True
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem:
    """Add an item, or replace the one with its product and name."""

    instance: str
    product: str
    name: str
    picture: PictureAsked
    custom: str | None = None
    ints: Ints = NO_INTS
    texts: Texts = NO_TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchByPicture:
    """Find items that look like a picture."""

    instance: str
    picture: PictureAsked
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchByName:
    """Find items that look like one of them."""

    instance: str
    product: str
    name: str
    category: int | None
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchByText:
    """Find items by words, Chinese or English."""

    instance: str
    text: str
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchByFilter:
    """Find items by their attributes alone."""

    instance: str
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItems:
    """Set attributes of a picture, or of all of a product; what is None stays."""

    instance: str
    product: str
    name: str | None = None
    custom: str | None = None
    ints: Ints = NO_INTS
    texts: Texts = NO_TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItems:
    """Delete a picture, all of a product, or what a filter admits."""

    instance: str
    product: str | None = None
    name: str | None = None
    filter: Filter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpItem:
    """Tell whether an item is there."""

    instance: str
    product: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePictures:
    """Tell how alike two pictures are."""

    instance: str
    first: PictureSource
    second: PictureSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeInstance:
    """Tell about an instance."""

    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpItems:
    """Write what an instance holds into a file."""

    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportItems:
    """Add every picture of a folder.

    Attributes:
        bucket: folder below the configured one.
        path: folder below that, beginning with a slash.
        callback: noted, never called.
    """

    instance: str
    bucket: str
    path: str
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTasks:
    """List imports or dumps, newest first.

    Attributes:
        imports: or dumps.
        task: its id, where one is asked about.
        bucket, path: those of these alone, where not empty.
        page: counted from 1.
        size: of a page.
    """

    instance: str
    imports: bool
    task: int | None = None
    bucket: str = ""
    path: str = ""
    page: int = 1
    size: int = 10


ImageAsked = (
    AddItem
    | SearchByPicture
    | SearchByName
    | SearchByText
    | SearchByFilter
    | ChangeItems
    | DeleteItems
    | LookUpItem
    | ComparePictures
    | DescribeInstance
    | DumpItems
    | ImportItems
    | ListTasks
)
