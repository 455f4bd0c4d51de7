"""Checks of a question before it costs anything."""

import hashlib
import math
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.period import check_period
from edge_agent.search.options import SearchOptions
from edge_agent.search.ports import Pictures


def check_question(
    question: PictureQuestion, options: SearchOptions, cameras: Collection[str], pictures: Pictures
) -> None:
    """Refuse what cannot be answered.

    Args:
        question: what was asked.
        options: the limits.
        cameras: the box's own.
        pictures: reads the header of the query picture.

    Raises:
        Refused: with the field that is wrong.
        TooLarge: the picture has too many bytes or pixels.
        NotFound: a camera is not one of this box.
    """
    _check_source(question, options)
    _check_filters(question, options, cameras)
    if question.url is not None:
        pictures.check_address(question.url)
    if question.picture is not None:
        width, height = pictures.size(question.picture)
        # A camera may have noted in the file that the picture is to be turned: the region is
        # judged again once it is decoded and upright.
        turned = question.region is not None and question.region[3] > height
        check_region(question, *((height, width) if turned else (width, height)))
    for more in question.more_pictures:
        pictures.size(more)


def _check_source(question: PictureQuestion, options: SearchOptions) -> None:
    sources = {"picture": question.picture, "url": question.url, "track": question.track}
    given = [name for name, value in sources.items() if value is not None]
    if len(given) != 1:
        have = " and ".join(given) if given else "none"
        field = given[1] if given else "picture"
        raise Refused(f"exactly one of picture, url and track is needed, got {have}", field=field)
    if question.picture is not None and len(question.picture) > options.picture_bytes:
        raise TooLarge(
            f"the picture has {len(question.picture)} bytes, at most {options.picture_bytes}"
            " are taken; send a smaller one",
            field="picture",
        )
    _check_several(question, options)
    if question.region is not None and question.track is not None:
        raise Refused("a region belongs to a picture, not to a track", field="region")
    if question.track in question.not_tracks:
        raise Refused("the track that asks cannot be who is not meant", field="not_tracks")


def _check_several(question: PictureQuestion, options: SearchOptions) -> None:
    if not question.more_pictures:
        return
    every = [question.picture or b"", *question.more_pictures]
    if question.picture is None or len(every) > options.most_pictures:
        raise Refused(
            f"from 2 to {options.most_pictures} pictures of one person are taken", field="pictures"
        )
    if sum(map(len, every)) > options.picture_bytes:
        raise TooLarge(
            f"the pictures have {sum(map(len, every))} bytes together, at most"
            f" {options.picture_bytes} are taken; send smaller ones",
            field="pictures",
        )
    if question.region is not None:
        raise Refused("a region belongs to a single picture; cut out who is meant", field="region")


def _check_filters(
    question: PictureQuestion, options: SearchOptions, cameras: Collection[str]
) -> None:
    if not question.parts:
        raise Refused("at least one of face and body is needed", field="kinds")
    check_period(question.start_ms, question.end_ms)
    unknown = sorted(question.cameras - set(cameras))
    if unknown:
        raise NotFound(f"no camera {unknown[0]!r} on this box", field="cameras")
    for field in ("threshold", "body_threshold"):
        value = getattr(question, field)
        if value is not None and not 0 <= value <= 1:
            raise Refused(f"{field} must be between 0 and 1, got {value}", field=field)
    if not 1 <= question.limit <= options.most_hits:
        raise Refused(
            f"limit must be from 1 to {options.most_hits}, got {question.limit}", field="limit"
        )


def check_region(question: PictureQuestion, width: int, height: int) -> None:
    """Refuse a region that is not inside the picture.

    Raises:
        Refused: it is empty, turned inside out, or reaches past the edges.
    """
    if question.region is None:
        return
    left, top, right, bottom = question.region
    finite = all(math.isfinite(side) for side in question.region)
    if not finite or not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise Refused(
            f"the region {list(question.region)} must be [left, top, right, bottom] inside the"
            f" picture of {width} x {height} pixels",
            field="region",
        )


def for_audit(question: PictureQuestion) -> dict[str, Any]:
    """What the audit log keeps of a question: enough to say later what was asked, no picture.

    Of the picture and of the address only their sha256 is kept, of the address also its host: a
    path may carry somebody's name or key.
    """
    detail: dict[str, Any] = {
        "parts": sorted(part.value for part in question.parts),
        "start_ms": question.start_ms,
        "end_ms": question.end_ms,
        "cameras": sorted(question.cameras),
        "limit": question.limit,
    }
    for name in ("threshold", "body_threshold", "app", "track", "region"):
        value = getattr(question, name)
        if value is not None:
            detail[name] = value
    if question.not_tracks:
        detail["not_tracks"] = sorted(question.not_tracks)
    if question.picture is not None:
        detail["picture_sha256"] = hashlib.sha256(question.picture).hexdigest()
    if question.more_pictures:
        detail["more_pictures_sha256"] = [
            hashlib.sha256(each).hexdigest() for each in question.more_pictures
        ]
    if question.url is not None:
        detail["url_sha256"] = hashlib.sha256(question.url.encode()).hexdigest()
        detail["url_host"] = urlsplit(question.url).hostname
    return detail
