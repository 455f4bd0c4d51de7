"""Folders of pictures that are imported: with a list of what to do, or as they are."""

import stat
from dataclasses import dataclass
from pathlib import Path

from edge_agent.domain import image_asked as asked
from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.wire.cloud.image_search import read_batch_line

LIST = "increment.meta"
"""The cloud's name for a file with one JSON object a line."""

_LIST_BYTES = 64 * 1024 * 1024
_PICTURE_BYTES = 4 * 1024 * 1024
_MOST_LINES = 1_000_000
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tiff", ".tif", ".ppm"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do.

    Attributes:
        text: a line of the list; without a list the path of a picture.
    """

    text: str

    @property
    def shown(self) -> str:
        """The same as text for people; a file's name may be no text (PEP 383)."""
        return self.text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one import does.

    Attributes:
        folder: that it is about.
        listed: whether there is a list.
        lines: in their order.
    """

    folder: Path
    listed: bool
    lines: tuple[Line, ...]

    def asked(self, line: Line, instance: str) -> asked.AddItem | asked.DeleteItems:
        """What a line asks for, with the content of its picture.

        Raises:
            Refused: it is not understood, or its file is not in the folder.
            OSError: the file cannot be read.
        """
        if not self.listed:
            if line.text != line.shown:
                raise Refused("the name of the file is not UTF-8")
            picture = _read(self.folder, line.text, _PICTURE_BYTES)
            return asked.AddItem(
                instance=instance,
                product=Path(line.text).stem,
                name=line.text,
                picture=asked.PictureAsked(picture=picture),
            )
        name, wanted = read_batch_line(line.text.encode(), instance)
        if isinstance(wanted, asked.DeleteItems):
            return wanted
        return wanted(_read(self.folder, name, _PICTURE_BYTES))


def folder_of(root: Path, bucket: str, path: str) -> Path:
    """The folder of an import, which lies below the configured one.

    Raises:
        NotFound: it is not there, or leads out of it.
    """
    inside = root.resolve()
    try:
        folder = (inside / bucket / path.lstrip("/")).resolve()
        if folder.is_relative_to(inside) and folder.is_dir():
            return folder
    except (OSError, ValueError):  # a name that no folder can have
        pass
    raise NotFound(f"there is no folder {bucket}{path} to import from", field="path")


def read_batch(folder: Path, instance: str) -> Batch:
    """Find out what there is to do.

    Without a list every picture in the folder and below is added: its path is PicName, its file
    name without suffix ProductId.

    Raises:
        Refused: the list is too long, or there is nothing.
    """
    if (folder / LIST).is_file():
        text = _read(folder, LIST, _LIST_BYTES).decode("utf-8", "replace")
        lines = [line for line in text.splitlines() if line.strip()]
        listed = True
    else:
        lines = sorted(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.suffix.lower() in _PICTURES and path.is_file()
        )
        listed = False
    if not lines:
        raise Refused(f"there is nothing to import into {instance}")
    if len(lines) > _MOST_LINES:
        raise TooLarge(f"more than {_MOST_LINES} lines; split the import")
    return Batch(folder, listed, tuple(Line(line) for line in lines))


def _read(folder: Path, name: str, most: int) -> bytes:
    """A file of the folder, however its name tries to lead out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise NotFound(f"{name} lies outside of the folder", field="PicName")
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise NotFound(f"{name} is no file", field="PicName")
    if found.st_size > most:
        raise TooLarge(f"{name} has more than {most} bytes", field="PicName")
    return path.read_bytes()
