"""Pictures as files, durable before any row refers to them."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from edge_agent.domain.errors import NotFound
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.durable import sync_folder, write_files
from edge_agent.storage.errors import file_errors

_ID = re.compile(r"[0-9A-Za-z_-]{2,64}")


class PictureFiles:
    """The folder of pictures: `<last two digits of the id>/<id>.jpg`.

    The last digits of an id are random and spread the files; the first ones are the time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = OneThread("storage-pictures")

    def path(self, picture_id: str) -> Path:
        """Where the picture of this id lies, whether it is there or not.

        Raises:
            NotFound: the text cannot be an id.
        """
        if not _ID.fullmatch(picture_id):
            raise NotFound("no such picture", field="picture")
        return self.folder / picture_id[-2:].lower() / f"{picture_id}.jpg"

    async def write(self, items: Sequence[tuple[str, bytes]]) -> None:
        """Write pictures, each an id and an encoded JPEG; all are durable when this returns.

        Raises:
            Unavailable: the disk is full or failing; some may have been written.
        """
        contents = {self.path(picture_id): content for picture_id, content in items}
        with file_errors("pictures cannot be written"):
            await self._thread.call(write_files, contents)

    async def read(self, picture_id: str) -> bytes:
        """The encoded picture.

        Raises:
            NotFound: it is not there.
            Unavailable: the disk is failing.
        """
        path = self.path(picture_id)
        with file_errors("a picture cannot be read"):
            try:
                return await self._thread.call(path.read_bytes)
            except FileNotFoundError as error:
                raise NotFound(f"picture {picture_id} is not here", field="picture") from error

    async def delete(self, picture_ids: Iterable[str]) -> None:
        """Remove pictures; those that are not there are passed over.

        Raises:
            Unavailable: the disk is failing.
        """
        paths = [self.path(picture_id) for picture_id in picture_ids]
        with file_errors("pictures cannot be deleted"):
            await self._thread.call(_unlink, paths)

    async def ids(self) -> AsyncIterator[list[str]]:
        """The ids of all pictures on the disk, folder by folder; temporary files are removed."""
        with file_errors("pictures cannot be listed"):
            folders = await self._thread.call(lambda: sorted(self.folder.glob("[0-9a-z_-]*/")))
        for folder in folders:
            with file_errors("pictures cannot be listed"):
                found = await self._thread.call(_list, folder)
            yield found

    def close(self) -> None:
        """Finish what was handed in; may be called twice."""
        self._thread.close()


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in paths}:
        if folder.is_dir():
            sync_folder(folder)


def _list(folder: Path) -> list[str]:
    # runs on the thread that writes, so no temporary file seen here is still in use
    for left_over in folder.glob("*.tmp"):
        left_over.unlink(missing_ok=True)
    return [path.stem for path in folder.glob("*.jpg")]
