"""Pictures of things: goods, notices, uniforms, lost property, kept in named instances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Refused

ATTRIBUTES = 4
"""Integer attributes of an item, and as many of text."""

Ints = tuple[int | None, int | None, int | None, int | None]
Texts = tuple[str | None, str | None, str | None, str | None]
NO_INTS: Ints = (None, None, None, None)
NO_TEXTS: Texts = (None, None, None, None)


class Category(IntEnum):
    """Kinds of goods, with the numbers that the cloud's Image Search gives them."""

    TOPS = 0
    DRESS = 1
    BOTTOMS = 2
    BAG = 3
    SHOES = 4
    ACCESSORIES = 5
    SNACK = 6
    MAKEUP = 7
    BOTTLE = 8
    FURNITURE = 9
    TOY = 20
    UNDERWEAR = 21
    DIGITAL_DEVICE = 22
    OTHER = 88888888

    @property
    def title(self) -> str:
        """The name that answers show."""
        return self.name.capitalize().replace("_", " ")


class ServiceType(IntEnum):
    """What an instance is for; only products have categories."""

    PRODUCT = 0
    GENERIC = 1
    FABRIC = 2
    TRADEMARK = 3
    COPYRIGHT = 4
    FURNITURE = 5
    HARDWARE = 6
    TRADEMARK_OF_OLD = 7


class ImageProblem(StrEnum):
    """Why a request about items is refused, in the cloud's codes, which clients compare."""

    INVALID_INSTANCE = "InvalidInstance"
    INSTANCE_STATUS = "InstanceStatusError"
    TOO_MANY_RETURNED = "OverflowMaxReturnNum"
    TOO_FAR = "OverflowMaxResultNum"
    NUM = "InvalidNumParameter"
    START = "InvalidStartParameter"
    FILTER = "InvalidFilterClause"
    FORMAT = "UnsupportedPicFormat"
    PIXELS = "UnsupportedPicPixels"
    ORIENTATION = "IncorrectOrientation"
    CONTENT = "InvalidPicContent"
    URL = "InvalidPicUrl"
    TRANSFER = "TimeoutForTransferImage"
    REGION = "InvalidRegion"
    CATEGORY = "InvalidCategory"
    NOT_THERE = "PicNotExist"
    OVER_QUOTA = "InstanceOverQuota"
    TOO_OFTEN = "DeniedRequest"
    EXTRACTION = "ExtractFeatureTimeout"
    OPERATION = "UnsupportedOperationType"


class ImageRefused(Refused):
    """A request about items that cannot be answered.

    Attributes:
        problem: which of the known reasons it is.
    """

    def __init__(self, problem: ImageProblem, message: str, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture in its pixels, the right and lower edges not included."""

    x1: int
    x2: int
    y1: int
    y2: int

    @override
    def __str__(self) -> str:
        """As the cloud writes it: both x before both y."""
        return f"{self.x1},{self.x2},{self.y1},{self.y2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInstance:
    """A named collection of items, as configured.

    Attributes:
        name: 1 to 20 characters.
        service: what it is for.
        capacity: items it takes.
        per_second: requests that are answered within one second.
        created_ms: when it was first configured.
    """

    name: str
    service: ServiceType = ServiceType.GENERIC
    capacity: int = 100_000
    per_second: int = 20
    created_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem:
    """One picture of an instance; (product, name) identifies it there.

    Attributes:
        product: the caller's id of what the picture shows; may have several pictures.
        name: of the picture.
        category: number of a `Category`.
        custom: the caller's own text.
        ints: attributes to filter by; None where one is not set.
        texts: likewise.
        region: what was compared, if it was not the whole picture.
        width: of the picture as it came, pixels, which the region is measured in.
        things: what stands in it: classes of COCO by number, each with its best score.
        picture: id of the kept picture.
        added_ms: when it was added or replaced.
    """

    product: str
    name: str
    category: int = Category.OTHER
    custom: str | None = None
    ints: Ints = NO_INTS
    texts: Texts = NO_TEXTS
    region: Region | None = None
    width: int = 0
    things: tuple[tuple[int, float], ...] = ()
    picture: str = ""
    added_ms: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it in its instance."""
        return self.product, self.name


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Objects found in a picture, the best first.

    Attributes:
        xyxy: (n, 4) float32 corners in pixels of the picture.
        score: (n,) float32 confidence, 0 to 1.
        kind: (n,) classes, by their numbers among the 80 of COCO.
    """

    xyxy: Floats
    score: Floats
    kind: npt.NDArray[np.intp]

    @classmethod
    def none(cls) -> "Things":
        """Nothing was found."""
        empty = np.empty(0, np.float32)
        return cls(empty.reshape(0, 4), empty, np.empty(0, np.intp))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a whole picture looks like.

    Attributes:
        vector: (d,) float32 of length 1, by the model in use.
        things: what stands in it.
        others: (d,) of length 1 each, by the stamps of models that vectors may still be of.
    """

    vector: Floats
    things: Things = field(default_factory=Things.none)
    others: Mapping[str, Floats] = field(default_factory=dict)
