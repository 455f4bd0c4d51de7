"""What is asked about pictures of things over MQTT and REST, in the names of the cloud's API."""

from typing import Annotated

from pydantic import Field

from edge_agent.wire.model import Parameters

Count = Annotated[int, Field(ge=0, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]


class ImageInstance(Parameters):
    """An instance, as configured."""

    InstanceName: str
    """Which."""


class _Item(ImageInstance):
    ProductId: str
    """The caller's id of what the picture shows."""
    PicName: str
    """Of the picture; with ProductId it identifies the item."""


class _Attributes(Parameters):
    CustomContent: str | None = None
    """The caller's own text."""
    IntAttr: int | None = None
    """To filter by, as `int_attr`; likewise those with a number."""
    IntAttr2: int | None = None
    IntAttr3: int | None = None
    IntAttr4: int | None = None
    StrAttr: str | None = None
    """To filter by, as `str_attr`; likewise those with a number."""
    StrAttr2: str | None = None
    StrAttr3: str | None = None
    StrAttr4: str | None = None


class _Picture(Parameters):
    PicContent: str
    """The picture as base64, or the http or https address of one."""
    CategoryId: int | None = None
    """Of it; without one it is predicted."""
    Crop: bool = True
    """Its main subject counts as well as all of it."""
    Region: str | None = None
    """`x1,x2,y1,y2` in pixels: this part alone counts."""


class _Page(Parameters):
    Num: Count = 10
    """Items at the most, 1 to 100."""
    Start: Count = 0
    """How many of the best are passed over; with Num at most 500."""


class _Wanted(_Page):
    Filter: str | None = None
    """On attributes; docs/images.md has the language."""
    DistinctProductId: bool = False
    """Of each product the best picture alone."""
    ScoreThreshold: Share | None = None
    """Score that they must reach."""


class ImageAdd(_Item, _Picture, _Attributes):
    """Add an item, or replace the one with its ProductId and PicName."""


class ImageByPicture(ImageInstance, _Picture, _Wanted):
    """Find items that look like a picture."""


class ImageByName(_Item, _Wanted):
    """Find items that look like one of them."""

    CategoryId: int | None = None
    """They must have."""


class ImageByText(ImageInstance, _Wanted):
    """Find items by words, Chinese or English."""

    Text: str
    """What they show."""


class ImageByFilter(ImageInstance, _Page):
    """Find items by their attributes alone."""

    Filter: str
    """On attributes."""


class ImageUpdate(ImageInstance, _Attributes):
    """Set attributes; what is not given stays."""

    ProductId: str
    """Of which product."""
    PicName: str | None = None
    """Which picture of it; without, all."""


class ImageDelete(ImageInstance):
    """Delete a picture, all of a product, or what a filter admits."""

    ProductId: str | None = None
    """Of which product."""
    PicName: str | None = None
    """Which picture of it; without, all."""
    IsDeleteByFilter: bool = False
    """Filter counts."""
    Filter: str | None = None
    """On attributes, without `in`."""


class ImageExists(_Item):
    """Tell whether an item is there."""


class ImageCompare(ImageInstance):
    """Tell how alike two pictures are."""

    PrimaryPicContent: str
    """As PicContent."""
    SecondaryPicContent: str
    """As PicContent."""


class ImageImport(ImageInstance):
    """Add every picture of a folder."""

    BucketName: str
    """Folder below `images.import_folder`."""
    Path: str
    """Folder below that, beginning with a slash."""
    CallbackAddress: str | None = None
    """Told when it ends, by a POST of JSON; docs/images.md says what."""


class ImageTasks(ImageInstance):
    """List imports or dumps, newest first."""

    Id: int | None = None
    """This one alone."""
    PageNumber: Annotated[int, Field(ge=1, le=10_000)] = 1
    PageSize: Annotated[int, Field(ge=1, le=30)] = 10
