"""MTS 2014-06-18, media DNA: reading the parameters of its eleven operations.

Absent or empty where it is required is `Missing…`; what the gateway lets through and the product
refuses is a `DnaRefusal`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.fingerprint import DnaState, Medium, SaveType
from edge_agent.wire.cloud.errors import gateway, invalid
from edge_agent.wire.cloud.values import Parameters, optional, required

VERSION: Final = "2014-06-18"

IDS_LIMIT: Final = 10
FILES_LIMIT: Final = 200
PAGE_LIMIT: Final = 100
_USER_DATA_BYTES = 128
_NAME_LIMIT = 128
_TEXT_LIMIT = 1024
_ID = re.compile(r"[0-9a-f]{32}")
_LAST_MS = 1 << 53


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLibrary:
    """CreateFpShotDB."""

    name: str
    medium: Medium
    config: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLibraries:
    """ListFpShotDB; without ids all of them."""

    ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What comes with every job and comes back with it."""

    pipeline: str
    user_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitShot:
    """SubmitFpShotJob."""

    given: str
    config: Mapping[str, Any]
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryShots:
    """QueryFpShotJobList."""

    ids: tuple[str, ...] | None
    token: str
    size: int
    state: DnaState | None
    start_ms: int
    end_ms: int
    pipeline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFiles:
    """ListFpShotFiles."""

    library: str
    token: str
    size: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteFiles:
    """SubmitFpFileDeleteJob."""

    library: str
    files: tuple[str, ...]
    keys: tuple[str, ...]
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteLibrary:
    """SubmitFpDBDeleteJob."""

    library: str
    how: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFileDeletions:
    """QueryFpFileDeleteJobList."""

    ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLibraryDeletions:
    """QueryFpDBDeleteJobList."""

    ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportShot:
    """ImportFpShotJob."""

    given: str
    config: Mapping[str, Any]
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImports:
    """ListFpShotImportJob."""

    ids: tuple[str, ...]


Operation = (
    CreateLibrary
    | ListLibraries
    | SubmitShot
    | QueryShots
    | ListFiles
    | DeleteFiles
    | DeleteLibrary
    | QueryFileDeletions
    | QueryLibraryDeletions
    | ImportShot
    | ListImports
)


def read_operation(action: str, parameters: Parameters) -> Operation:
    """Read what is asked.

    Raises:
        CloudRefusal: there is no such operation, or a parameter is missing.
        DnaRefusal: a parameter is wrong.
    """
    reader = _READERS.get(action)
    if reader is None:
        raise gateway("InvalidAction.NotFound")
    return reader(parameters)


def read_config(text: str, name: str = "FpShotConfig") -> dict[str, Any]:
    """Read what shall be done with an input.

    Raises:
        DnaRefusal: it is no such object.
    """
    return checked_config(_object(text, name))


def checked_config(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a FpShotConfig that count.

    Raises:
        DnaRefusal: one is missing or wrong.
    """
    found: dict[str, Any] = {}
    for name in ("PrimaryKey", "SaveType", "FpDBId"):
        found[name] = _text_of(fields, name)
    if len(found["PrimaryKey"]) > _TEXT_LIMIT:
        raise DnaRefusal("OutOfRange", "PrimaryKey")
    _check_id(found["FpDBId"], "FpDBId")
    found["SaveType"] = _save_type(found["SaveType"])
    kind = fields.get("TextType")
    if kind is not None:
        if kind not in ("Text", "ASR"):
            raise DnaRefusal("NotSupported", "TextType")
        found["TextType"] = kind
    if fields.get("SimilarityThreshold") is not None:
        found["SimilarityThreshold"] = _share(fields["SimilarityThreshold"])
    return found


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
        json.dumps(fields, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise DnaRefusal("JsonFormatInvalid", name) from None
    if not isinstance(fields, dict):
        raise DnaRefusal("JsonFormatInvalid", name)
    return fields


def _text_of(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        raise DnaRefusal("NullValue", name)
    if value == "":
        raise DnaRefusal("EmptyValue", name)
    if not isinstance(value, str):
        raise DnaRefusal("Format", name)
    return value


def _save_type(text: str) -> str:
    try:
        return SaveType(text.lower()).value
    except ValueError:
        raise DnaRefusal("NotSupported", "SaveType") from None


def _share(value: object) -> float:
    try:
        share = float(str(value))
    except ValueError:
        raise DnaRefusal("NumberFormatInvalid", "SimilarityThreshold") from None
    if not 0 <= share <= 1:
        raise DnaRefusal("OutOfRange", "SimilarityThreshold")
    return share


def _check_id(text: str, name: str) -> None:
    if not _ID.fullmatch(text):
        raise DnaRefusal("UUIDFormatInvalid", name)


def _ids(values: Parameters, name: str, most: int = IDS_LIMIT) -> tuple[str, ...] | None:
    text = values.get(name)
    if not text:
        return None
    ids = tuple(dict.fromkeys(each.strip() for each in text.split(",")))
    if len(ids) > most:
        raise DnaRefusal("OutOfRange", name)
    for each in ids:
        _check_id(each, name)
    return ids


def _needed_id(values: Parameters, name: str) -> str:
    text = required(values, name)
    _check_id(text, name)
    return text


def _told(values: Parameters) -> Told:
    user_data, pipeline = values.get("UserData", ""), values.get("PipelineId", "")
    if len(user_data.encode()) > _USER_DATA_BYTES:
        raise DnaRefusal("OutOfRange", "UserData")
    if pipeline:
        _check_id(pipeline, "PipelineId")
    return Told(pipeline=pipeline, user_data=user_data)


def _time(values: Parameters, name: str, otherwise: int) -> int:
    text = values.get(name)
    if not text:
        return otherwise
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise DnaRefusal("Format", name) from None
    return round(at.timestamp() * 1000)


def _span(values: Parameters, start: str, end: str) -> tuple[int, int]:
    # the end's whole second counts: times have no smaller parts
    return _time(values, start, 0), _time(values, end, _LAST_MS - 999) + 999


def _token(values: Parameters) -> str:
    text = values.get("NextPageToken", "")
    if text and not _ID.fullmatch(text):
        raise invalid("NextPageToken")
    return text


def _create(values: Parameters) -> Operation:
    name = required(values, "Name")
    if len(name) > _NAME_LIMIT:
        raise DnaRefusal("OutOfRange", "Name")
    number = optional(values, "ModelId", 0, 1000)
    try:
        medium = Medium.VIDEO if number is None else Medium(number)
    except ValueError:
        raise DnaRefusal("NotSupported", "ModelId") from None
    config, description = values.get("Config", ""), values.get("Description", "")
    if config:
        _object(config, "Config")
    if max(len(config), len(description)) > _TEXT_LIMIT:
        raise DnaRefusal("OutOfRange", "Config" if len(config) > _TEXT_LIMIT else "Description")
    return CreateLibrary(name=name, medium=medium, config=config, description=description)


def _submit(values: Parameters) -> Operation:
    given = required(values, "Input")
    config = read_config(required(values, "FpShotConfig"))
    return SubmitShot(given=given, config=config, told=_told(values))


def _query_shots(values: Parameters) -> Operation:
    state = values.get("State") or "All"
    if state != "All" and state not in {each.value for each in DnaState}:
        raise DnaRefusal("NotSupported", "State")
    start_ms, end_ms = _span(values, "StartOfJobCreatedTimeRange", "EndOfJobCreatedTimeRange")
    return QueryShots(
        ids=_ids(values, "JobIds"),
        token=_token(values),
        size=optional(values, "MaximumPageSize", 1, PAGE_LIMIT) or 10,
        state=None if state == "All" else DnaState(state),
        start_ms=start_ms,
        end_ms=end_ms,
        pipeline=_told(values).pipeline,
    )


def _list_files(values: Parameters) -> Operation:
    start_ms, end_ms = _span(values, "StartTime", "EndTime")
    return ListFiles(
        library=_needed_id(values, "FpDBId"),
        token=_token(values),
        size=optional(values, "PageSize", 1, PAGE_LIMIT) or 20,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def _delete_files(values: Parameters) -> Operation:
    library = _needed_id(values, "FpDBId")
    files = _ids(values, "FileIds", FILES_LIMIT) or ()
    keys = tuple(each for each in values.get("PrimaryKeys", "").split(",") if each)
    if len(keys) > FILES_LIMIT:
        raise DnaRefusal("OutOfRange", "PrimaryKeys")
    if not files and not keys:
        raise DnaRefusal("NullValue", "FileIds")
    return DeleteFiles(library=library, files=files, keys=keys, told=_told(values))


def _delete_library(values: Parameters) -> Operation:
    how = values.get("DelType") or "Purge"
    if how not in ("Purge", "Delete"):
        raise DnaRefusal("NotSupported", "DelType")
    return DeleteLibrary(library=_needed_id(values, "FpDBId"), how=how, told=_told(values))


def _import(values: Parameters) -> Operation:
    given = required(values, "Input")
    fields = _object(required(values, "FpImportConfig"), "FpImportConfig")
    library = _needed_id(values, "FpDBId")
    save = _save_type(_text_of(fields, "SaveType"))
    if save not in (SaveType.SAVE, SaveType.ONLYSAVE):
        raise DnaRefusal("NotSupported", "SaveType")
    config = {"SaveType": save, "FpDBId": library}
    if fields.get("PrimaryKey"):
        config["PrimaryKey"] = _text_of(fields, "PrimaryKey")
    return ImportShot(given=given, config=config, told=_told(values))


def _list_imports(values: Parameters) -> Operation:
    required(values, "JobIds")
    return ListImports(ids=_ids(values, "JobIds") or ())


_READERS: Final[Mapping[str, Callable[[Parameters], Operation]]] = {
    "CreateFpShotDB": _create,
    "ListFpShotDB": lambda values: ListLibraries(ids=_ids(values, "FpDBIds")),
    "SubmitFpShotJob": _submit,
    "QueryFpShotJobList": _query_shots,
    "ListFpShotFiles": _list_files,
    "SubmitFpFileDeleteJob": _delete_files,
    "QueryFpFileDeleteJobList": lambda values: QueryFileDeletions(ids=_ids(values, "JobIds")),
    "SubmitFpDBDeleteJob": _delete_library,
    "QueryFpDBDeleteJobList": lambda values: QueryLibraryDeletions(ids=_ids(values, "JobIds")),
    "ImportFpShotJob": _import,
    "ListFpShotImportJob": _list_imports,
}

ACTIONS: Final = tuple(_READERS)
"""Names of the operations."""
