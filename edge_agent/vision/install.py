"""Fetching weight files: from a folder that mirrors them or from their own address.

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
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO

from typing_extensions import override

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.vision.manifest import FILE_NAME, Manifest, Task

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that have arrived, and the bytes it will have."""

_CHUNK = 1 << 16


def install(
    manifest: Manifest,
    into: Path,
    *,
    mirror: Path | None = None,
    download: bool = True,
    timeout_s: float = 10.0,
    deadline_s: float = 300.0,
    progress: Progress | None = None,
) -> Path:
    """Bring every weight file of a pack into `<into>/<pack>/`; files that are right stay.

    Blocks; call it from a thread or before the event loop runs.

    Args:
        manifest: of the pack.
        into: folder of all installed packs.
        mirror: folder that may hold the files, by their name, by `<pack>/<name>` or by their
            sha256; looked at first.
        download: whether a file that the mirror lacks is fetched from its address.
        timeout_s: longest wait for a connection or for the next bytes.
        deadline_s: longest time for all downloads together.
        progress: told how far each file is.

    Returns:
        The folder of the pack.

    Raises:
        Unusable: a file has a wrong size or sha256, or the folder cannot be written.
        Unavailable: a file is neither in the mirror nor to be had from its address.
    """
    folder = into / manifest.model_id
    give_up_at = time.monotonic() + deadline_s
    tell = progress or _silent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for task in manifest.files:
            if file_problem(task, folder) is None:
                continue
            with _source(task, manifest.model_id, mirror, timeout_s, download=download) as source:
                _place(task, source, folder, give_up_at, tell)
        (folder / FILE_NAME).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    except OSError as error:
        raise Unusable(f"models cannot be installed in {folder}: {error}") from error
    return folder


def _silent(_file: str, _done: int, _total: int) -> None:
    pass


def file_problem(task: Task, folder: Path) -> str | None:
    """What is wrong with a task's weight file in `folder`; None where all is well."""
    if task.file is None:
        return None
    path = folder / task.file
    try:
        if path.stat().st_size != task.bytes:
            return f"has {path.stat().st_size} bytes, not {task.bytes}"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if digest == task.sha256 else f"has sha256 {digest[:12]}…, not the manifest's"


def read_weights(task: Task, folder: Path) -> bytes:
    """Read a weight file and check it, so that what is loaded is what was checked.

    Raises:
        Unusable: it is missing or is not the file the manifest names.
    """
    path = folder / str(task.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(
            f"model file {path} cannot be read: {error.strerror}; run `edge-agent models install`"
        ) from error
    if hashlib.sha256(data).hexdigest() != task.sha256:
        raise Unusable(f"model file {path} has a wrong sha256; run `edge-agent models install`")
    return data


def in_mirror(task: Task, pack: str, mirror: Path) -> Path | None:
    """Where a mirror folder keeps a task's file, if it does."""
    names = (str(task.sha256), f"{task.sha256}.onnx", f"{pack}/{task.file}", str(task.file))
    return next((mirror / name for name in names if (mirror / name).is_file()), None)


@contextmanager
def _source(
    task: Task, pack: str, mirror: Path | None, timeout_s: float, *, download: bool
) -> Iterator[IO[bytes]]:
    kept = in_mirror(task, pack, mirror) if mirror is not None else None
    if kept is not None:
        with kept.open("rb") as stream:
            yield stream
        return
    if not download:
        place = "no paths.model_mirror is named" if mirror is None else f"it is not in {mirror}"
        raise Unavailable(
            f"{task.file} of the pack {pack} is not installed, {place}, and vision.download is off"
        )
    with _errors_of_http(task):
        opener = urllib.request.build_opener(_HttpsOnly)
        with opener.open(str(task.url), timeout=timeout_s) as answer:
            yield answer


@contextmanager
def _errors_of_http(task: Task) -> Iterator[None]:
    try:
        yield
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise Unavailable(
            f"{task.file} cannot be fetched from {task.url}: {error}; "
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


def _place(
    task: Task, source: IO[bytes], folder: Path, give_up_at: float, progress: Progress
) -> None:
    target = folder / str(task.file)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{task.file}.")
    try:
        with os.fdopen(handle, "wb") as sink:
            digest = _copy(task, source, sink, give_up_at, progress)
            sink.flush()
            os.fsync(sink.fileno())
        if digest != task.sha256:
            raise Unusable(
                f"{task.file} refused: its sha256 is {digest[:12]}…, the manifest says "
                f"{str(task.sha256)[:12]}…; the source holds another or a damaged file"
            )
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy(
    task: Task, source: IO[bytes], sink: IO[bytes], give_up_at: float, progress: Progress
) -> str:
    total, done = task.bytes or 0, 0
    digest = hashlib.sha256()
    while block := source.read(_CHUNK):
        done += len(block)
        if done > total:
            raise Unusable(f"{task.file} refused: it is larger than the manifest's {total} bytes")
        if time.monotonic() > give_up_at:
            raise Unavailable(f"{task.file} did not arrive in time ({done} of {total} bytes)")
        digest.update(block)
        sink.write(block)
        progress(str(task.file), done, total)
    return digest.hexdigest()
