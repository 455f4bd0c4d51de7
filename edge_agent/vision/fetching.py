"""Fetching files: from a folder that mirrors them or from their own address.

A file takes its place under its name only once its size and sha256 are right; until then it is a
temporary file that goes away again, whatever happens.
"""

import hashlib
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO

from typing_extensions import override

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.vision.sources import Source

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that are done, and the bytes it will have."""

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the files of a pack come from.

    Attributes:
        pack: its name.
        beside: folder of the pack's manifest, which may hold the files; looked at first.
        mirror: folder that may hold the files (see `in_mirror`); looked at next.
        download: whether a file that the mirror lacks is fetched from its address.
        timeout_s: longest wait for a connection or for the next bytes.
        give_up_at: when all downloads must be done, `time.monotonic`.
    """

    pack: str
    mirror: Path | None
    download: bool
    timeout_s: float
    give_up_at: float
    beside: Path | None = None


def fetch(source: Source, origin: Origin, folder: Path, progress: Progress) -> None:
    """Bring a file into `folder`, unless it is there and right.

    Raises:
        Unusable: it has a wrong size or sha256.
        Unavailable: it is neither in the mirror nor to be had from its address.
        OSError: the folder cannot be written.
    """
    if source_problem(source, folder) is None:
        return
    with _opened(source, origin) as stream, placed(folder / source.file) as sink:
        digest = _copy(source, stream, sink, origin.give_up_at, progress)
        if digest != source.sha256:
            raise Unusable(
                f"{source.file} refused: its sha256 is {digest[:12]}…, the manifest says "
                f"{source.sha256[:12]}…; the source holds another or a damaged file"
            )


def source_problem(source: Source, folder: Path) -> str | None:
    """What is wrong with a file in `folder`; None where all is well."""
    path = folder / source.file
    try:
        if path.stat().st_size != source.bytes:
            return f"has {path.stat().st_size} bytes, not {source.bytes}"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if digest == source.sha256 else f"has sha256 {digest[:12]}…, not the manifest's"


def in_mirror(source: Source, pack: str, mirror: Path) -> Path | None:
    """Where a mirror folder keeps a file, if it does.

    It is looked for by its sha256, then by its name: in the pack's folder, at the top, and in the
    other folders of the mirror, one level deep, in the order of their names.
    """
    names = (source.sha256, f"{source.sha256}.onnx", f"{pack}/{source.file}", source.file)
    places = [mirror / name for name in names]
    places += sorted(mirror.glob(f"*/{source.file}"))
    return next((place for place in places if place.is_file()), None)


@contextmanager
def placed(target: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place only if the block ends well; else nothing of it is left."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _opened(source: Source, origin: Origin) -> Iterator[IO[bytes]]:
    mirror = origin.mirror
    carried = origin.beside / source.file if origin.beside is not None else None
    kept = in_mirror(source, origin.pack, mirror) if mirror is not None else None
    if carried is not None and carried.is_file():
        kept = carried
    if kept is not None:
        with kept.open("rb") as stream:
            yield stream
        return
    if not origin.download:
        place = "no paths.model_mirror is named" if mirror is None else f"it is not in {mirror}"
        raise Unavailable(
            f"{source.file} of the pack {origin.pack} is not installed, {place}, and "
            "vision.download is off"
        )
    if source.url is None:
        raise Unavailable(
            f"{source.file} of the pack {origin.pack} has no address: put it in place by hand"
        )
    with _errors_of_http(source):
        opener = urllib.request.build_opener(_HttpsOnly)
        with opener.open(source.url, timeout=origin.timeout_s) as answer:
            yield answer


@contextmanager
def _errors_of_http(source: Source) -> Iterator[None]:
    try:
        yield
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise Unavailable(
            f"{source.file} cannot be fetched from {source.url}: {error}; "
            "set EDGE_AGENT_MODEL_MIRROR to a folder that holds it"
        ) from error


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            fp.close()
            raise urllib.error.URLError(f"it redirects to {newurl[:60]!r}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _copy(
    source: Source, stream: IO[bytes], sink: IO[bytes], give_up_at: float, progress: Progress
) -> str:
    done = 0
    digest = hashlib.sha256()
    while block := stream.read(_CHUNK):
        done += len(block)
        if done > source.bytes:
            raise Unusable(
                f"{source.file} refused: it is larger than the manifest's {source.bytes} bytes"
            )
        if time.monotonic() > give_up_at:
            raise Unavailable(
                f"{source.file} did not arrive in time ({done} of {source.bytes} bytes)"
            )
        digest.update(block)
        sink.write(block)
        progress(source.file, done, source.bytes)
    return digest.hexdigest()
