"""Things behind the doors that inputs can find, and a world in which nobody else lives."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import cv2

from edge_agent.domain.fingerprint import Medium
from edge_agent.domain.image_asked import AddItem, PictureAsked
from edge_agent.fingerprint import Fingerprints
from edge_agent.images import Asker, ImageAnswers, ImageSearch
from edge_agent.outbound import FetchLimits, PostLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import unfinished_count
from edge_agent.wire.links import LinkSigner
from tests.support.things import drawn, image_search

REPORT: Final = "This afternoon at three two customers came in and left without having paid."
_ITEMS: Final = 3


def small_picture(number: int) -> bytes:
    """A picture of a thing, about as small as they may be."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, 30]
    return cv2.imencode(".jpg", drawn(number, width=112, height=104), quality)[1].tobytes()


async def nowhere_else(host: str, _port: int) -> list[str]:
    """Resolve names where there is no host but this one."""
    if host != "127.0.0.1":
        raise OSError(f"no address for {host}")
    return [host]


@asynccontextmanager
async def filled_images(store: Store) -> AsyncIterator[ImageSearch]:
    """Instances at work, `goods` with items in it; imports read the folder of objects."""
    folder = store.folder / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    callback = PostLimits(seconds=0.5, plain=True, resolve=nowhere_else)
    fetch = FetchLimits(seconds=1.0, allowed_networks=("127.0.0.0/8",), resolve=nowhere_else)
    async with image_search(store, import_folder=folder, callback=callback, fetch=fetch) as service:
        links = LinkSigner(b"key of the links of this test", SystemClock())
        answers = ImageAnswers(service, "box-1")
        for number in range(_ITEMS):
            item = AddItem(
                instance="goods",
                product=f"p{number}",
                name="front",
                picture=PictureAsked(picture=small_picture(number)),
            )
            await answers.answer(item, Asker("fuzz", links))
        yield service


async def filled_library(fingerprints: Fingerprints, store: Store) -> tuple[str, str]:
    """A library with a text in it; its id, and that of the job that kept the text."""
    folder = store.folder / "objects/clips"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text(REPORT)
    made = await fingerprints.create_library("texts", Medium.TEXT, asker="fuzz")
    config: dict[str, Any] = {"FpDBId": made.id, "SaveType": "onlysave", "PrimaryKey": "report"}
    given = json.dumps({"Bucket": "clips", "Location": "oss", "Object": "report.txt"})
    job = await fingerprints.submit(given, config, asker="fuzz")
    working = asyncio.get_running_loop().create_task(fingerprints.run())
    while await unfinished_count(store):
        await store.changed("fp_job", store.version("fp_job"))
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return made.id, job.id
