"""Putting the weight files of a pack in place, and reading them back."""

import hashlib
import time
from pathlib import Path

from edge_agent.domain.errors import Unusable
from edge_agent.vision.converted import convert_sources, converted_problem, recorded_sha256
from edge_agent.vision.fetching import Origin, Progress, fetch, source_problem
from edge_agent.vision.manifest import FILE_NAME, Manifest
from edge_agent.vision.tasks import Task, Weights


def install(
    manifest: Manifest,
    into: Path,
    *,
    beside: Path | None = None,
    mirror: Path | None = None,
    download: bool = True,
    timeout_s: float = 10.0,
    deadline_s: float = 300.0,
    progress: Progress | None = None,
) -> Path:
    """Bring every weight file of a pack into `<into>/<pack>/`; files that are right stay.

    What has to be converted is converted here, once, and checked. Blocks; call it from a thread
    or before the event loop runs.

    Args:
        manifest: of the pack.
        into: folder of all installed packs.
        beside: folder of the manifest, which may hold the files; looked at first.
        mirror: folder that may hold the files (see `fetching.in_mirror`); looked at next.
        download: whether a file that the mirror lacks is fetched from its address.
        timeout_s: longest wait for a connection or for the next bytes.
        deadline_s: longest time for all downloads together.
        progress: told how far each file is.

    Returns:
        The folder of the pack.

    Raises:
        Unusable: a file has a wrong size or sha256, the folder cannot be written, or a network
            cannot be converted or answers otherwise than it must.
        Unavailable: a file is neither in the mirror nor to be had from its address.
    """
    folder = into / manifest.model_id
    origin = Origin(
        pack=manifest.model_id,
        beside=beside,
        mirror=mirror,
        download=download,
        timeout_s=timeout_s,
        give_up_at=time.monotonic() + deadline_s,
    )
    tell = progress or _silent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for task in manifest.files:
            if file_problem(task, folder) is not None:
                _install(task, origin, folder, tell)
        if manifest.package is None:
            (folder / FILE_NAME).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    except OSError as error:
        raise Unusable(f"models cannot be installed in {folder}: {error}") from error
    return folder


def _install(task: Weights, origin: Origin, folder: Path, progress: Progress) -> None:
    for source in task.fetched:
        fetch(source, origin, folder, progress)
    if isinstance(task, Task) and task.convert is not None:
        convert_sources(task, folder, progress)


def _silent(_file: str, _done: int, _total: int) -> None:
    pass


def file_problem(task: Weights, folder: Path) -> str | None:
    """What is wrong with a task's weight file in `folder`; None where all is well."""
    if task.weights is None:
        return None
    if task.convert is not None:
        return converted_problem(task, folder)
    return source_problem(task.fetched[0], folder)


def read_weights(task: Weights, folder: Path) -> bytes:
    """Read a weight file and check it, so that what is loaded is what was checked.

    Raises:
        Unusable: it is missing or is not the file the manifest names, or not the one that was
            converted from the files it names.
    """
    path = folder / str(task.weights)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(
            f"model file {path} cannot be read: {error.strerror}; run `edge-agent models install`"
        ) from error
    wanted = task.sha256 if task.convert is None else recorded_sha256(task, folder)
    if hashlib.sha256(data).hexdigest() != wanted:
        raise Unusable(f"model file {path} has a wrong sha256; run `edge-agent models install`")
    return data
