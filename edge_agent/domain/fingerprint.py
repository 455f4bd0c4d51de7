"""Fingerprint libraries and jobs, in the words of the DNA API that clients know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

CANCELLED: Final = "Cancelled"
"""Code of a job that somebody ended."""


class Medium(IntEnum):
    """What a library holds; the numbers are the API's models."""

    TEXT = 11
    VIDEO = 12
    AUDIO = 13
    PICTURE = 14


class JobKind(StrEnum):
    """What a job does."""

    SHOT = "shot"
    IMPORT = "import"
    DELETE_FILES = "files.delete"
    DELETE_LIBRARY = "library.delete"


class DnaState(StrEnum):
    """The life of a job; the last two are final."""

    QUEUING = "Queuing"
    ANALYSING = "Analysing"
    SUCCESS = "Success"
    FAIL = "Fail"


class SaveType(StrEnum):
    """What becomes of what a job looked at.

    Attributes:
        NOSAVE: it is only compared.
        SAVE: it is compared, and kept where nothing like it is there.
        FORCESAVE: it is compared, and kept in any case.
        ONLYSAVE: it is kept and compared with nothing.
    """

    NOSAVE = "nosave"
    SAVE = "save"
    FORCESAVE = "forcesave"
    ONLYSAVE = "onlysave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A container of fingerprints of one medium."""

    id: str
    name: str
    description: str
    medium: Medium
    config: str
    created_ms: int
    changes: int = 0
    system: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFile:
    """One fingerprint of a library.

    Attributes:
        input: what it was made of, as the client named it.
        print: the fingerprint; of a text the text itself.
        fragment: the clip of the box that it was made of.
    """

    id: str
    library: str
    primary_key: str
    input: str
    seconds: float
    stored_ms: int
    print: bytes = field(repr=False)
    fragment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DnaJob:
    """An asynchronous question to a library, or an order to it.

    Attributes:
        asked: by kind: `input` and `config` of shots and imports, `files`, `keys` or `how` of
            deletions.
        result: of a shot that succeeded: a list of what is alike, see `fingerprint.findings`.
        code: as the API's table of errors has it, where it failed.
    """

    id: str
    kind: JobKind
    state: DnaState
    progress: float
    created_ms: int
    finished_ms: int | None = None
    library: str
    pipeline: str
    user_data: str
    asked: Mapping[str, Any]
    file: str | None = None
    seconds: float | None = None
    result: list[dict[str, Any]] | None = None
    code: str | None = None
    message: str | None = None
