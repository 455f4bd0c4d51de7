"""A door with instances of pictures of things behind it."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_agent.images import ImageSearch
from tests.support.cloud_box import CloudBox, cloud_box
from tests.support.image_sdks import Ask, ask, base64_of
from tests.support.remembering import opened_box
from tests.support.things import image_search, picture


@dataclass
class Served:
    """A door with instances behind it.

    Attributes:
        silent: an address that takes connections and never answers.
        folder: where imports come from; its bucket `shelf` has three pictures under `/new`.
    """

    cloud: CloudBox
    images: ImageSearch
    silent: str
    folder: Path

    def add(self, number: int, /, **parameters: Any) -> Ask:
        """A call that adds a drawn picture."""
        values = {
            "InstanceName": "goods", "ProductId": f"product-{number}", "PicName": f"{number}.jpg",
            "PicContent": base64_of(picture(number)), **parameters,
        }  # fmt: skip
        return ask("AddImage", **values)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    folder = tmp_path / "imports"
    (folder / "shelf" / "new").mkdir(parents=True)
    for number in range(3):
        (folder / "shelf" / "new" / f"p{number}.jpg").write_bytes(picture(100 + number))
    async with (
        opened_box(tmp_path / "state") as box,
        image_search(box.store, import_folder=folder) as images,
        cloud_box(box, images=images) as cloud,
    ):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            yield Served(cloud, images, f"http://127.0.0.1:{port}", folder)
