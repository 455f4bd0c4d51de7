"""Where an input lies: behind an address, in the folder of objects, among clips or uploads."""

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import Refused
from edge_agent.fingerprint.uploads import Uploads
from edge_agent.outbound import FetchLimits, fetch_picture
from edge_agent.storage import Store

_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_LOCATION = re.compile(r"[A-Za-z0-9-]{0,64}")
_LONGEST = 1023
_ID = re.compile(r"[0-9a-f]{32}")
_WORK = "job-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a job works on; one of address, object, fragment and upload is given.

    Attributes:
        text: as the client wrote it.
        upload: id of a file that was sent with the question.
        name: what its sender calls that file.
    """

    text: str
    address: str = ""
    bucket: str = ""
    location: str = ""
    object: str = ""
    fragment: str = ""
    upload: str = ""
    name: str = ""

    @property
    def triple(self) -> dict[str, str]:
        """Bucket, Location and Object, empty where they do not say where it lies."""
        return {"Bucket": self.bucket, "Location": self.location, "Object": self.object}


def read_input(text: str) -> Input:
    """Understand what a client wrote.

    Raises:
        DnaRefusal: it is none of the four kinds.
    """
    if _ADDRESS.fullmatch(text):
        place = urlsplit(text).path.lstrip("/")
        return Input(text=text, address=text, object=place)
    try:
        fields = json.loads(text)
        json.dumps(fields, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise DnaRefusal("JsonFormatInvalid", "Input") from None
    if not isinstance(fields, dict) or not all(isinstance(each, str) for each in fields.values()):
        raise DnaRefusal("JsonFormatInvalid", "Input")
    if fields.get("MediaId"):
        return Input(text=text, fragment=fields["MediaId"])
    if _ID.fullmatch(fields.get("Upload", "")):
        return Input(text=text, upload=fields["Upload"], name=fields.get("Name", ""))
    return _object(text, fields)


def _object(text: str, fields: dict[str, str]) -> Input:
    bucket, location = fields.get("Bucket", ""), fields.get("Location", "")
    name = fields.get("Object", "")
    if not _BUCKET.fullmatch(bucket):
        raise DnaRefusal("BucketNameInvalid", bucket)
    if not _LOCATION.fullmatch(location):
        raise DnaRefusal("LocationInvalid", location)
    steps = name.split("/")
    if not name or len(name) > _LONGEST or "\0" in name or {"", ".", ".."} & set(steps):
        raise DnaRefusal("ObjectKeyInvalid", name)
    return Input(text=text, bucket=bucket, location=location, object=name)


class Inputs:
    """Brings inputs to local files.

    Args:
        store: knows the clips; objects lie in its folder `objects/<bucket>/`.
        uploads: keep what was sent with a question.
        fetch: how far the box goes for an address.
    """

    def __init__(self, store: Store, uploads: Uploads, fetch: FetchLimits) -> None:
        self._store = store
        self._uploads = uploads
        self._swept = False
        self._fetch = fetch
        self._objects = store.folder / "objects"

    @asynccontextmanager
    async def local(self, wanted: Input) -> AsyncIterator[tuple[Path, Path]]:
        """The file, and a folder for what is made of it, which is gone afterwards.

        Raises:
            DnaRefusal: there is nothing there.
            Unavailable: the host is away.
        """
        with tempfile.TemporaryDirectory(dir=self._work(), prefix=_WORK) as folder:
            work = Path(folder)
            if wanted.address:
                yield await self._fetched(wanted, work), work
            elif wanted.fragment:
                yield await self._clip(wanted.fragment), work
            elif wanted.upload:
                yield self._uploaded(wanted), work
            else:
                yield await asyncio.to_thread(self._file, wanted), work

    def done(self, asked: Mapping[str, Any]) -> None:
        """Delete what was sent for a job that has ended, if anything was."""
        upload = read_input(asked["input"]).upload if "input" in asked else ""
        if upload:
            self._uploads.discard(upload)

    def sweep(self, unfinished: Collection[str]) -> None:
        """Delete every upload but those that are inputs of unfinished jobs."""
        self._uploads.sweep({read_input(each).upload for each in unfinished})

    def _uploaded(self, wanted: Input) -> Path:
        path = self._uploads.path(wanted.upload)
        if not path.is_file():  # the database was restored, and uploads are in no backup
            raise DnaRefusal("ResourceNotFound", wanted.name or wanted.upload)
        return path

    def _work(self) -> Path:
        folder = self._store.folder / "fingerprints"
        folder.mkdir(exist_ok=True)
        if not self._swept:  # what was fetched before the box died over it is still here
            self._swept = True
            for left in folder.glob(f"{_WORK}*"):
                shutil.rmtree(left, ignore_errors=True)
        return folder

    async def _fetched(self, wanted: Input, work: Path) -> Path:
        try:
            body = await fetch_picture(wanted.address, self._fetch)
        except Refused as error:
            raise DnaRefusal("ResourceNotFound", wanted.address) from error
        path = work / "input"
        await asyncio.to_thread(path.write_bytes, body)
        return path

    async def _clip(self, fragment: str) -> Path:
        rows = await self._store.rows(
            "SELECT path FROM fragment WHERE id = ? AND state IN ('closed', 'cut')", (fragment,)
        )
        if not rows:
            raise DnaRefusal("ResourceNotFound", fragment)
        return self._store.clips / str(rows[0]["path"])

    def _file(self, wanted: Input) -> Path:
        bucket = (self._objects / wanted.bucket).resolve()
        path = (bucket / wanted.object).resolve()
        try:
            # a link inside the folder may lead out of it
            there = path.is_relative_to(bucket) and path.is_file()
        except OSError:  # such as a name that is longer than any file's
            there = False
        if not there:
            raise DnaRefusal("ResourceNotFound", wanted.object)
        return path
