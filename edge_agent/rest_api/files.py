"""Send a picture or a clip, whole or in part."""

import os
import re
import stat
from pathlib import Path

import anyio
from fastapi import Request
from fastapi.responses import FileResponse

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.rest_api.errors import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.IGNORECASE)

MAY_BE_SHOWN_ELSEWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Whoever was given a signed link may show the file in a page of their own."""


async def send_file(
    request: Request, path: Path, media_type: str, keep_s: int, *, called: str
) -> FileResponse:
    """Answer with a file, or with the range of it that the request names.

    Args:
        request: whose Range header counts.
        path: of the file.
        media_type: of its content.
        keep_s: how long the asker's browser, and nobody on the way, may keep it.
        called: for the refusal, for instance "picture".

    Raises:
        NotFound: the file is not there (any more).
        Refused: the range is malformed.
        RangeNotSatisfiable: the file has nothing in this range.
    """
    try:
        status = await anyio.to_thread.run_sync(os.stat, path)
    except FileNotFoundError:
        raise NotFound(f"this {called} is not here (any more)", field="id") from None
    if not stat.S_ISREG(status.st_mode):
        raise NotFound(f"this {called} is not here (any more)", field="id")
    _check_range(request.headers.get("range"), status.st_size)
    # What an id names never changes, so a kept copy needs no second question.
    cache = f"private, max-age={keep_s}, immutable" if keep_s else "private, no-cache"
    headers = {"Cache-Control": cache, **MAY_BE_SHOWN_ELSEWHERE}
    return FileResponse(path, media_type=media_type, stat_result=status, headers=headers)


def _check_range(header: str | None, size: int) -> None:
    if header is None:
        return
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None or not (match["first"] or match["last"]):
        raise Refused("range must be one of bytes=A-B, bytes=A- and bytes=-N", field="range")
    if match["first"] and match["last"] and int(match["first"]) > int(match["last"]):
        raise Refused("range must not end before it begins", field="range")
    first = int(match["first"]) if match["first"] else size - int(match["last"])
    if first >= size:
        raise RangeNotSatisfiable(size)
