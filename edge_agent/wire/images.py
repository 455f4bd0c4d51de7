"""Pictures of things over MQTT and REST: the names and shapes of the cloud's Image Search."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from edge_agent.domain.errors import Refused
from edge_agent.domain.image_asked import ImageAsked
from edge_agent.wire.cloud.errors import CloudRefusal
from edge_agent.wire.cloud.image_search import read_image_operation
from edge_agent.wire.model import Answer, Parameters, parsed

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


class Category(Answer):
    """A kind of goods."""

    Id: int
    Name: str


class SubjectRegion(Answer):
    """A part of a picture."""

    Region: str


class PictureInfo(Answer):
    """What was made of the picture that was sent."""

    Region: str | None = None
    CategoryId: int | None = None
    MultiRegion: list[SubjectRegion] | None = None
    AllCategories: list[Category]


class Auction(Answer):
    """An item; what is not set is null."""

    ProductId: str
    PicName: str
    CategoryId: int
    CustomContent: str | None = None
    Score: float | None = None
    """0: nothing in common, 1: the same."""
    SortExprValues: str | None = None
    PictureUrl: str | None = None
    """Signed link to the picture; not shown where an item is only looked up."""
    IntAttr: int | None = None
    IntAttr2: int | None = None
    IntAttr3: int | None = None
    IntAttr4: int | None = None
    StrAttr: str | None = None
    StrAttr2: str | None = None
    StrAttr3: str | None = None
    StrAttr4: str | None = None


class SearchHead(Answer):
    """How many there are."""

    DocsFound: int
    DocsReturn: int
    SearchTime: int
    """Of comparing, milliseconds."""


class ImageDone(Answer):
    """It is done."""

    Success: bool
    Code: int
    Message: str | None = None


class ImageAdded(ImageDone):
    """It is durable, and found by the next question."""

    PicInfo: PictureInfo


class ImageFound(ImageDone):
    """What was found, best first."""

    Msg: str
    Head: SearchHead | None = None
    Auctions: list[Auction]
    PicInfo: PictureInfo | None = None


class NamesGone(Answer):
    """Names of pictures."""

    PicNames: list[str]


class ImageDeleted(ImageDone):
    """What went."""

    Data: NamesGone


class ImageThere(ImageDone):
    """Whether it is there."""

    Msg: str
    Exists: bool
    Auctions: Auction | None = None


class ImageScore(ImageDone):
    """How alike they are."""

    Msg: str
    Score: float


class InstanceDetail(Answer):
    """An instance."""

    Name: str
    Region: str
    Capacity: int
    """In ten thousands."""
    Qps: int
    ServiceType: int
    TotalCount: int
    UtcCreate: str
    UtcExpireTime: str
    Model: str
    """What makes vectors of pictures."""
    LookedAt: float
    """Share of the items that it has looked at, 0 to 1; the others have vectors of a model before,
    and are looked at again one after the other."""


class ImageDetail(Answer):
    """About an instance."""

    Instance: InstanceDetail


class Task(Answer):
    """An import or a dump."""

    Id: int
    Status: str
    """PROCESSING, SUCCESS or FAIL."""
    Code: str
    Msg: str
    UtcCreate: str
    UtcModified: int
    MetaUrl: str | None = None
    BucketName: str | None = None
    Path: str | None = None
    CallbackAddress: str | None = None
    ErrorUrl: str | None = None


class Started(Answer):
    """A task that was started."""

    Id: str
    IncrementStatus: str | None = None
    DumpMetaStatus: str | None = None


class ImageStarted(ImageDone):
    """A task was started."""

    Data: Started


class ImportPage(Answer):
    """Imports."""

    Instance: list[Task]


class TaskPage(Answer):
    """A page of tasks."""

    PageNumber: int
    PageSize: int
    TotalCount: int
    DumpMetaList: list[Task] | None = None
    Increments: ImportPage | None = None


class ImageTaskList(ImageDone):
    """Tasks, newest first."""

    Data: TaskPage


OPERATIONS: dict[str, tuple[str, type[Parameters], type[Answer]]] = {
    "image.add": ("AddImage", ImageAdd, ImageAdded),
    "image.delete": ("DeleteImage", ImageDelete, ImageDeleted),
    "image.update": ("UpdateImage", ImageUpdate, ImageDone),
    "image.search-by-picture": ("SearchImageByPic", ImageByPicture, ImageFound),
    "image.search-by-name": ("SearchImageByName", ImageByName, ImageFound),
    "image.search-by-text": ("SearchImageByText", ImageByText, ImageFound),
    "image.search-by-filter": ("SearchImageByFilter", ImageByFilter, ImageFound),
    "image.exists": ("CheckImageExists", ImageExists, ImageThere),
    "image.compare": ("CompareSimilarByImage", ImageCompare, ImageScore),
    "image.detail": ("Detail", ImageInstance, ImageDetail),
    "image.dump": ("DumpMeta", ImageInstance, ImageStarted),
    "image.dump-list": ("DumpMetaList", ImageTasks, ImageTaskList),
    "image.import": ("IncreaseInstance", ImageImport, ImageStarted),
    "image.import-list": ("IncreaseList", ImageTasks, ImageTaskList),
}
"""By the box's name: the cloud's name, the parameters, the answer."""


def read_image(name: str, values: Mapping[str, Any]) -> ImageAsked:
    """Read what is asked.

    Args:
        name: of the operation, one of `OPERATIONS`.
        values: its parameters, as they came.

    Raises:
        Refused: they are not as they must be; the message begins with the cloud's code.
    """
    action, model, _ = OPERATIONS[name]
    wanted = parsed(model, values).model_dump(exclude_none=True)
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in wanted.items()
    }
    try:
        return read_image_operation(action, texts)
    except CloudRefusal as error:
        raise Refused(f"{error.code}: {error}") from None


def told_image(name: str, fields: Mapping[str, Any]) -> Answer:
    """Show what was answered."""
    return OPERATIONS[name][2].model_validate(dict(fields))
