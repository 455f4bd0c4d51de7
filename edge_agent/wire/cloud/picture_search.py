"""LinkVisual 2018-01-20, picture search: its twelve operations, as they are asked.

`app` is an AppInstanceId and `job` a JobId as the client sent it; whether there is one, and whose,
is for others to say.
"""

from dataclasses import dataclass
from enum import IntEnum


class PictureType(IntEnum):
    """What of a person a search compares."""

    BODY = 0
    FACE = 1


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted.

    Attributes:
        page: `CurrentPage`, from 1.
        size: `PageSize`, items of a page.
    """

    page: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a search asks.

    Attributes:
        picture_url: address of the picture, http or https.
        start_ms: tracks that end before are left out, milliseconds since 1970 (UTC).
        end_ms: tracks that start after are left out; later than `start_ms`.
        threshold: least similarity of faces, 0..1.
        body_threshold: least similarity of bodies, 0..1.
        kind: what is compared.
    """

    picture_url: str
    start_ms: int
    end_ms: int
    threshold: float
    body_threshold: float
    kind: PictureType


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateApp:
    """CreatePictureSearchApp."""

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateApp:
    """UpdatePictureSearchApp."""

    app: str
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryApps:
    """QueryPictureSearchApps."""

    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class BindDevices:
    """BindPictureSearchAppWithDevices; `devices` are 1 to 20 IotIds, none twice."""

    app: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbindDevices:
    """UnbindPictureSearchAppWithDevices; `devices` are 1 to 20 IotIds, none twice."""

    app: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDevices:
    """QueryPictureSearchDevices."""

    app: str
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAiboxes:
    """QueryPictureSearchAiboxes."""

    app: str
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateJob:
    """CreatePictureSearchJob."""

    app: str
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class GetJobStatus:
    """GetPictureSearchJobStatus."""

    app: str
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryJobs:
    """QueryPictureSearchJob; `status` is None for jobs of every state."""

    app: str
    paging: Paging
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryJobResult:
    """QueryPictureSearchJobResult."""

    app: str
    job: str
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPicture:
    """PictureSearchPicture, which answers at once."""

    app: str
    paging: Paging
    question: Question


Operation = (
    CreateApp
    | UpdateApp
    | QueryApps
    | BindDevices
    | UnbindDevices
    | QueryDevices
    | QueryAiboxes
    | CreateJob
    | GetJobStatus
    | QueryJobs
    | QueryJobResult
    | SearchPicture
)
