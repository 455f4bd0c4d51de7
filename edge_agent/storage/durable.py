"""Files that are still there after the power went: fsync, rename, fsync of the folder."""

import os
from collections.abc import Mapping
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of `path` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, durably; one that is there already costs one look."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write whole files: after a crash each is there as given, as it was before, or not at all.

    The temporary file lies beside its target and ends in `.tmp`. All contents are durable before
    the first name appears, and all names before this returns; each folder is synced once.
    """
    for folder in {path.parent for path in contents}:
        make_folder(folder)
    for path, content in contents.items():
        with _temporary(path).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for path in contents:
        _temporary(path).replace(path)
    for folder in {path.parent for path in contents}:
        sync_folder(folder)


def _temporary(path: Path) -> Path:
    return path.with_name(path.name + ".tmp")
