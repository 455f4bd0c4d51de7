"""Serve the files of the page from memory.

Every file has an address with the digest of all of them in it, so a browser keeps it for good and
an upgraded box shows its new page at once; only `/` is asked for each time. Modules that the first
pages need are named in its head, so that the browser fetches them side by side instead of one
import after the other. Files are compressed once, at start: about a quarter of the bytes.
"""

import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_INDEX = "index.html"
_FIRST = ("main.js", "people.js", "overview.js")
"""With whatever they import, what somebody sees first."""

_IMPORT = re.compile(r'^import [^;]*?"\./([\w-]+\.js)";$', re.MULTILINE)
_REFUSED = re.compile(r";\s*q=0(\.0*)?$")
_PLACE = "/dashboard/"
_FOR_GOOD = "public, max-age=31536000, immutable"
_SMALL = 512
"""Bytes below which compressing is not worth its header."""


def routes() -> list[Route]:
    """Make the routes of the page: `/` and its files under `/dashboard/<digest>/`.

    They need no token: they hold nothing of the store, what they show they ask the HTTP door for.
    """
    files = _read()
    index = files.pop(_INDEX)
    place = f"{_PLACE}{_digest(index, *(files[name] for name in sorted(files)))}/"
    made = [_route("/", _INDEX, _written(index, files, place), "no-cache")]
    for name, content in sorted(files.items()):
        made.append(_route(f"{place}{name}", name, content, _FOR_GOOD))
    # Whoever has no page yet asks for it: a browser's tab, or a link to the box elsewhere.
    made.append(_route("/favicon.ico", "icon.svg", files["icon.svg"], "no-cache"))
    return made


def first_modules(files: Mapping[str, bytes]) -> list[str]:
    """Names of the modules that the first pages need, each after what asks for it."""
    found: dict[str, None] = {}
    waiting = list(_FIRST)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += _IMPORT.findall(files[name].decode())
    return list(found)


def _read() -> dict[str, bytes]:
    folder = resources.files("edge_agent.dashboard") / "page"
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in _TYPES
    }


def _written(index: bytes, files: Mapping[str, bytes], place: str) -> bytes:
    """The first file, with every address as it is served."""
    preloads = "".join(
        f'  <link rel="modulepreload" href="{_PLACE}{name}">\n' for name in first_modules(files)
    )
    text = index.decode().replace("</head>", f"{preloads}</head>")
    return text.replace(_PLACE, place).encode()


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:16]


def _route(path: str, name: str, content: bytes, cache: str) -> Route:
    answer = _answer(content, _TYPES[name.rpartition(".")[2]], cache)
    return Route(path, answer, methods=["GET"], name=f"page {path}")


def _answer(
    content: bytes, media_type: str, cache: str
) -> Callable[[Request], Awaitable[Response]]:
    packed = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else b""
    plain_tag, packed_tag = f'"{_digest(content)}"', f'"{_digest(content)}-gzip"'
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}

    async def answer(request: Request) -> Response:
        small = packed and "gzip" in _listed(request.headers.getlist("accept-encoding"))
        tagged = {**headers, "ETag": packed_tag if small else plain_tag}
        if request.headers.get("if-none-match") in {plain_tag, packed_tag}:
            return Response(status_code=304, headers=tagged)
        if not small:
            return Response(content, media_type=media_type, headers=tagged)
        encoded = {**tagged, "Content-Encoding": "gzip"}
        return Response(packed, media_type=media_type, headers=encoded)

    return answer


def _listed(lines: Iterable[str]) -> set[str]:
    """What may be sent; an encoding that is refused by `q=0` is not among it."""
    parts = [part.strip().lower() for line in lines for part in line.split(",")]
    return {part.partition(";")[0].strip() for part in parts if not _REFUSED.search(part)}
