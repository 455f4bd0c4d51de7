"""Serve the files of the page from memory."""

import hashlib
from collections.abc import Awaitable, Callable
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def routes() -> list[Route]:
    """Make the routes of the page: `/` and its files under `/dashboard/`.

    They need no token: they hold nothing of the store, what they show they ask the HTTP door for.
    """
    folder = resources.files("edge_agent.dashboard") / "page"
    made = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        ending = file.name.rpartition(".")[2]
        if ending in _TYPES:
            path = "/" if file.name == "index.html" else f"/dashboard/{file.name}"
            answer = _answer(file, _TYPES[ending])
            made.append(Route(path, answer, methods=["GET"], name=f"page {file.name}"))
    return made


def _answer(file: Traversable, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    content = file.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    # Asked for again each time and answered by 304: an upgraded box shows its new page at once.
    headers = {"ETag": tag, "Cache-Control": "no-cache"}

    async def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    return answer
