"""What a picture search is asked with."""

import base64
import binascii
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator
from typing_extensions import override

from edge_agent.domain.errors import Refused, TooLarge
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.period import check_period
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import parse_worn
from edge_agent.wire.model import END_OF_TIME_MS, HexId, Milliseconds, Parameters, PlainId

PICTURE_LIMIT = 4 * 1024 * 1024
"""Bytes of an encoded query picture."""

_BASE64_LIMIT = (PICTURE_LIMIT + 2) // 3 * 4

Similarity = Annotated[float, Field(ge=0, le=1)]


class AskedPicture(Parameters):
    """Who is asked about: people in a picture, or the person of a track."""

    every_source: ClassVar[str] = "picture, url and track"

    picture: Annotated[
        str | None,
        Field(json_schema_extra={"contentEncoding": "base64", "maxLength": _BASE64_LIMIT}),
    ] = None
    """An encoded picture (JPEG, PNG, WebP, BMP) as base64; at most 4 MiB decoded."""
    url: Annotated[str | None, Field(max_length=2048, pattern="^https?://")] = None
    """Where to fetch the picture; http or https."""
    track: HexId | None = None
    """Ask with the pictures of this track."""
    region: Annotated[list[float] | None, Field(min_length=4, max_length=4)] = None
    """Left, top, right, bottom in pixels of the query picture; who is asked about is inside.
    Without it everyone in the picture is asked about."""
    kinds: list[Literal["face", "body"]] = Field(
        default=["face", "body"], min_length=1, max_length=2
    )
    """Which parts are compared."""
    start_ms: Milliseconds = 0
    """Only tracks seen at or after this time."""
    end_ms: Milliseconds = END_OF_TIME_MS
    """Only tracks seen before this time."""
    cameras: list[PlainId] = Field(default=[], max_length=1000)
    """Only these cameras; empty means all."""
    threshold: Similarity | None = None
    """Lowest face similarity of a hit; without it the model pack's own."""
    body_threshold: Similarity | None = None
    """Lowest body similarity of a hit; without it the model pack's own."""

    def question(self) -> PictureQuestion:
        """Turn it into the domain's words.

        Raises:
            Refused: with the field that is wrong.
            TooLarge: the picture has more than `PICTURE_LIMIT` bytes.
        """
        self._check_one_source()
        check_period(self.start_ms, self.end_ms)
        return PictureQuestion(
            picture=None if self.picture is None else decoded(self.picture),
            url=self.url,
            track=self.track,
            region=self._corners(),
            parts=frozenset(Part(kind) for kind in self.kinds),
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            cameras=frozenset(self.cameras),
            threshold=self.threshold,
            body_threshold=self.body_threshold,
        )

    def sources(self) -> list[str]:
        """Which of the ways to say who is asked about were taken."""
        every = {"picture": self.picture, "url": self.url, "track": self.track}
        return [name for name, value in every.items() if value is not None]

    def _check_one_source(self) -> None:
        given = self.sources()
        if len(given) != 1:
            have = " and ".join(given) if given else "none"
            raise Refused(
                f"exactly one of {self.every_source} is needed, got {have}",
                field=given[1] if given else "picture",
            )

    def _corners(self) -> tuple[float, float, float, float] | None:
        if self.region is None:
            return None
        left, top, right, bottom = self.region
        if not (left < right and top < bottom):
            raise Refused(
                f"region must be [left, top, right, bottom] with left < right and top < bottom, "
                f"got {self.region}",
                field="region",
            )
        return left, top, right, bottom


class PictureSearchCreate(AskedPicture):
    """Find the people of one picture among all that the box remembers.

    Exactly one of `picture`, `pictures`, `url` and `track` is given.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [source]} for source in ("picture", "pictures", "url", "track")]
        }
    )

    every_source: ClassVar[str] = "picture, pictures, url and track"

    track: HexId | None = None
    """Ask with the pictures of this track; the track itself is not among the hits."""
    region: Annotated[list[float] | None, Field(min_length=4, max_length=4)] = None
    """Left, top, right, bottom in pixels of the query picture; who is asked about is inside.
    Without it everyone in the picture is asked about, and each hit says who it resembles."""
    pictures: list[Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]] = Field(
        default=[], max_length=8
    )
    """Pictures of one person, from 2 to 8, as base64; together at most 4 MiB decoded. They are
    asked with as one; without a region."""
    not_tracks: list[HexId] = Field(default=[], max_length=32)
    """Tracks of people who are not meant, of hits for instance: neither they nor what resembles
    them more than who is asked about are hits."""
    app: PlainId | None = None
    """The picture-search app in whose name it is asked."""
    include_staff: bool = False
    """Also find people on the list of staff."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many hits at the most."""

    @override
    def question(self) -> PictureQuestion:
        """As for every asked picture, with what only a search has."""
        asked = replace(
            super().question(),
            limit=self.limit,
            app=self.app,
            include_staff=self.include_staff,
            not_tracks=frozenset(self.not_tracks),
        )
        if not self.pictures:
            return asked
        if len(self.pictures) == 1:
            raise Refused("one picture is given as picture", field="pictures")
        first, *more = (decoded(each, "pictures") for each in self.pictures)
        return replace(asked, picture=first, more_pictures=tuple(more))

    @override
    def sources(self) -> list[str]:
        """As for every asked picture, and by several."""
        return [*super().sources(), *(["pictures"] if self.pictures else [])]


def decoded(picture: str, field: str = "picture") -> bytes:
    """Decode a base64 picture.

    Args:
        picture: as it came.
        field: the parameter it came in.

    Raises:
        Refused: it is empty or not base64.
        TooLarge: more than `PICTURE_LIMIT` bytes.
    """
    if len(picture) > _BASE64_LIMIT:
        raise TooLarge(
            f"{field} has more than {PICTURE_LIMIT} bytes; send a smaller one or a url",
            field=field,
        )
    try:
        data = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(
            f"{field} is not base64 (standard alphabet, padded, without line breaks)",
            field=field,
        ) from None
    if not data:
        raise Refused(f"{field} is empty", field=field)
    if len(data) > PICTURE_LIMIT:
        raise TooLarge(f"{field} has more than {PICTURE_LIMIT} bytes", field=field)
    return data


class JobGet(Parameters):
    """Read a job and a page of its hits, best first."""

    job: HexId
    """Its id."""
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Hits ranked after this one; `next` of the page before."""
    limit: Annotated[int, Field(ge=0, le=200)] = 50
    """How many hits at the most; 0 asks for the job alone."""


class JobList(Parameters):
    """Read a page of jobs, newest first."""

    after: Annotated[str | None, Field(max_length=128)] = None
    """Jobs older than this place; `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many at the most."""


class JobCancel(Parameters):
    """End a job that is not final yet; one that is stays as it is."""

    job: HexId
    """Its id."""


class TrackQuery(Parameters):
    """Read a page of tracks, newest first."""

    start_ms: Milliseconds = 0
    """Only tracks seen at or after this time."""
    end_ms: Milliseconds = END_OF_TIME_MS
    """Only tracks seen before this time."""
    cameras: list[PlainId] = Field(default=[], max_length=1000)
    """Only these cameras; empty means all."""
    state: Literal["open", "ended"] | None = None
    """Only people still followed, or only those who left."""
    action: Literal["enter", "leave", "cross", "stay", "till"] | None = None
    """Only people who did this."""
    place: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    """Only people who did something in the zone or at the line of this name."""
    order: PlainId | None = None
    """Only people who are tied to this receipt."""
    session: HexId | None = None
    """Only the tracks of this visit."""
    task: PlainId | None = None
    """Only the tracks of this risk task."""
    include_staff: bool = False
    """Also people on the list of staff; with `task` they are always shown."""
    attributes: list[Annotated[str, Field(max_length=64)]] = Field(default=[], max_length=20)
    """Only people of whom all of this is said: `backpack`, `hat:no`, `upper:red`; `box.status`
    names what can be asked for."""

    def looks_for(self) -> dict[str, Any]:
        """By what somebody is looked for, for the audit; by time and camera alone, nobody is."""
        named = {"action", "place", "order", "session", "task", "attributes"}
        return self.model_dump(exclude_unset=True, include=named)

    @field_validator("attributes")
    @classmethod
    def _in_words(cls, attributes: list[str]) -> list[str]:
        for one in attributes:
            parse_worn(one)
        return attributes

    after: Annotated[str | None, Field(max_length=128)] = None
    """Tracks older than this place; `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many at the most."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_period(self.start_ms, self.end_ms)
        return self


class CameraId(Parameters):
    """Name one camera."""

    camera: PlainId
    """As the configuration calls it."""


class Nothing(Parameters):
    """An operation without parameters."""
