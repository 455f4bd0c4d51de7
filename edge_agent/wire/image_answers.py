"""What is answered about pictures of things over MQTT and REST, in the cloud's shapes."""

from edge_agent.wire.model import Answer


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
