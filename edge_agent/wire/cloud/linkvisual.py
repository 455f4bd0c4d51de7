"""LinkVisual 2018-01-20, picture search: reading the parameters of its twelve operations.

Absent or empty where it is required is `Missing…`, unreadable or out of range is `Invalid…`; what
the gateway lets through and the product refuses is a `BusinessRefusal`. Parameters that an
operation does not know are ignored, as the cloud does.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from edge_agent.wire.cloud.errors import (
    PICTURE_TYPE,
    TIMES_REVERSED,
    BusinessRefusal,
    gateway,
    invalid,
)
from edge_agent.wire.cloud.picture_search import (
    BindDevices,
    CreateApp,
    CreateJob,
    GetJobStatus,
    Operation,
    Paging,
    PictureType,
    QueryAiboxes,
    QueryApps,
    QueryDevices,
    QueryJobResult,
    QueryJobs,
    Question,
    SearchPicture,
    UnbindDevices,
    UpdateApp,
)
from edge_agent.wire.cloud.values import (
    Parameters,
    boolean,
    decimal,
    integer,
    listed,
    optional,
    required,
)

VERSION: Final = "2018-01-20"
LAST_TIME_MS: Final = 9_999_999_999_999
PAGE_SIZE_LIMIT: Final = 50
SYNCHRONOUS_PAGE_SIZE_LIMIT: Final = 20
PAGE_LIMIT: Final = 10_000
AIBOX_PAGE_LIMIT: Final = 100
NAME_LIMIT: Final = 64
DESCRIPTION_LIMIT: Final = 1024
DEVICE_LIMIT: Final = 20
ADDRESS_LIMIT: Final = 2048
_ENUM_LIMIT: Final = 10

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
_NAME = re.compile(f"[A-Za-z0-9_{_CJK}-]+")
_WIDE = re.compile(f"[{_CJK}]")
_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def read_operation(action: str, parameters: Parameters) -> Operation:
    """Read what is asked.

    Args:
        action: name of the operation.
        parameters: of query and form together.

    Raises:
        CloudRefusal: there is no such operation, or a parameter is wrong.
    """
    reader = _READERS.get(action)
    if reader is None:
        raise gateway("InvalidAction.NotFound")
    return reader(parameters)


def _app(values: Parameters) -> str:
    return required(values, "AppInstanceId")


def _paging(
    values: Parameters, *, size_limit: int = PAGE_SIZE_LIMIT, page_limit: int = PAGE_LIMIT
) -> Paging:
    size = integer(values, "PageSize", 1, size_limit)
    return Paging(integer(values, "CurrentPage", 1, page_limit), size)


def _name(values: Parameters) -> str:
    name = required(values, "Name")
    if not _NAME.fullmatch(name) or len(name) + len(_WIDE.findall(name)) > NAME_LIMIT:
        raise invalid("Name")
    return name


def _description(values: Parameters, parameter: str) -> str:
    text = required(values, parameter)
    if len(text) > DESCRIPTION_LIMIT:
        raise invalid(parameter)
    return text


def _devices(values: Parameters) -> tuple[str, ...]:
    return tuple(dict.fromkeys(listed(values, "DeviceIotIds", DEVICE_LIMIT)))


def _question(values: Parameters) -> Question:
    address = required(values, "SearchPicUrl")
    if len(address) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(address):
        raise invalid("SearchPicUrl")
    start_ms = integer(values, "StartTime", 0, LAST_TIME_MS)
    end_ms = integer(values, "EndTime", 0, LAST_TIME_MS)
    threshold = decimal(values, "Threshold", 0, 1)
    body = decimal(values, "BodyThreshold", 0, 1) if values.get("BodyThreshold") else threshold
    kind = optional(values, "PictureSearchType", 0, _ENUM_LIMIT)
    if start_ms >= end_ms:
        raise BusinessRefusal(*TIMES_REVERSED)
    if kind not in {None, *PictureType}:
        raise BusinessRefusal(*PICTURE_TYPE)
    return Question(
        picture_url=address,
        start_ms=start_ms,
        end_ms=end_ms,
        threshold=threshold,
        body_threshold=body,
        kind=PictureType.FACE if kind is None else PictureType(kind),
    )


def _create_app(values: Parameters) -> Operation:
    return CreateApp(name=_name(values), description=_description(values, "Desc"))


def _update_app(values: Parameters) -> Operation:
    app, name = _app(values), _name(values)
    return UpdateApp(app=app, name=name, description=_description(values, "Description"))


def _query_apps(values: Parameters) -> Operation:
    return QueryApps(paging=_paging(values))


def _bind(values: Parameters) -> Operation:
    return BindDevices(app=_app(values), devices=_devices(values))


def _unbind(values: Parameters) -> Operation:
    return UnbindDevices(app=_app(values), devices=_devices(values))


def _query_devices(values: Parameters) -> Operation:
    return QueryDevices(app=_app(values), paging=_paging(values))


def _query_aiboxes(values: Parameters) -> Operation:
    paging = _paging(values, page_limit=AIBOX_PAGE_LIMIT)
    return QueryAiboxes(app=_app(values), paging=paging)


def _create_job(values: Parameters) -> Operation:
    return CreateJob(app=_app(values), question=_question(values))


def _get_job_status(values: Parameters) -> Operation:
    return GetJobStatus(app=_app(values), job=required(values, "JobId"))


def _query_jobs(values: Parameters) -> Operation:
    status = optional(values, "JobStatus", 0, _ENUM_LIMIT)
    return QueryJobs(app=_app(values), paging=_paging(values), status=status)


def _query_job_result(values: Parameters) -> Operation:
    job = required(values, "JobId")
    return QueryJobResult(app=_app(values), job=job, paging=_paging(values))


def _search_picture(values: Parameters) -> Operation:
    boolean(values, "ContainPicUrl")  # required, and of no consequence
    paging = _paging(values, size_limit=SYNCHRONOUS_PAGE_SIZE_LIMIT)
    return SearchPicture(app=_app(values), paging=paging, question=_question(values))


_READERS: Final[Mapping[str, Callable[[Parameters], Operation]]] = {
    "CreatePictureSearchApp": _create_app,
    "UpdatePictureSearchApp": _update_app,
    "QueryPictureSearchApps": _query_apps,
    "BindPictureSearchAppWithDevices": _bind,
    "UnbindPictureSearchAppWithDevices": _unbind,
    "QueryPictureSearchDevices": _query_devices,
    "QueryPictureSearchAiboxes": _query_aiboxes,
    "CreatePictureSearchJob": _create_job,
    "GetPictureSearchJobStatus": _get_job_status,
    "QueryPictureSearchJob": _query_jobs,
    "QueryPictureSearchJobResult": _query_job_result,
    "PictureSearchPicture": _search_picture,
}

ACTIONS: Final = tuple(_READERS)
"""Names of the operations."""
