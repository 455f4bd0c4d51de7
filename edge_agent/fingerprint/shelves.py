"""Libraries in the form in which they are asked, kept until they change."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from edge_agent.domain.fingerprint import Library, Medium, PrintedFile
from edge_agent.fingerprint.findings import findings, text_findings
from edge_agent.fingerprint.reading import Read
from edge_agent.fingerprint.video_shelf import VideoShelf
from edge_agent.fingerprints import (
    SoundLibrary,
    StillLibrary,
    TextLibrary,
)
from edge_agent.storage import Store
from edge_agent.storage.fingerprints import prints

_KEPT = 8

Shelf = SoundLibrary | StillLibrary | TextLibrary


class Shelves:
    """Asks libraries.

    Args:
        store: the truth.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._video: OrderedDict[str, VideoShelf] = OrderedDict()
        self._shelves: OrderedDict[str, tuple[int, Shelf, dict[str, str]]] = OrderedDict()

    async def find(self, library: Library, read: Read) -> list[dict[str, Any]]:
        """What of the library is in the question, the most alike first; see `findings`."""
        if library.medium is Medium.VIDEO:
            return findings(await self._videos(library).find(library, read.question))
        shelf, texts = await self._shelf(library)
        return await asyncio.to_thread(_asked, shelf, texts, read)

    def _videos(self, library: Library) -> VideoShelf:
        shelf = self._video.setdefault(library.id, VideoShelf(self._store))
        self._video.move_to_end(library.id)
        while len(self._video) > _KEPT:
            self._video.popitem(last=False)
        return shelf

    async def _shelf(self, library: Library) -> tuple[Shelf, dict[str, str]]:
        kept = self._shelves.get(library.id)
        if kept is None or kept[0] != library.changes:
            files = await prints(self._store, library.id)
            texts = _texts(files) if library.medium is Medium.TEXT else {}
            shelf = await asyncio.to_thread(_made, library.medium, files, texts)
            kept = self._shelves[library.id] = (library.changes, shelf, texts)
        self._shelves.move_to_end(library.id)
        while len(self._shelves) > _KEPT:
            self._shelves.popitem(last=False)
        return kept[1], kept[2]


def _texts(files: Sequence[PrintedFile]) -> dict[str, str]:
    return {file.primary_key: file.print.decode() for file in files}


def _made(medium: Medium, files: Sequence[PrintedFile], texts: dict[str, str]) -> Shelf:
    match medium:
        case Medium.AUDIO:
            return SoundLibrary(
                {file.primary_key: np.frombuffer(file.print, np.uint32) for file in files}
            )
        case Medium.PICTURE:
            return StillLibrary(
                {file.primary_key: np.frombuffer(file.print, np.uint8) for file in files}
            )
        case _:  # of videos there is a shelf of its own
            return TextLibrary(texts)


def _asked(shelf: Shelf, texts: dict[str, str], read: Read) -> list[dict[str, Any]]:
    if isinstance(shelf, TextLibrary):
        return text_findings(shelf.find(read.question), read, texts)
    return findings(shelf.find(read.question))
