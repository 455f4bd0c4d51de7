"""Captioned photographs, the open pack: found again by a piece of them, and by what they show."""

import asyncio
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain import image_asked as asked
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.vision.packs import PackOptions, choose
from edge_agent.vision.vision import Vision
from tests.support.things import PackEyes, encoded, image_search

pytestmark = [pytest.mark.models, pytest.mark.testdata]
COUNT = 16
LEAST_SIDE = 130
"""So that a piece of it is not smaller than clients may send."""


def _photographs() -> list[tuple[str, bytes]]:
    """Pictures, the first English caption of each before it."""
    data = os.environ.get("EDGE_AGENT_TESTDATA")
    captions = sorted(Path(data).glob("labelled/*/captions.jsonl")) if data else []
    if not captions:
        pytest.skip("set EDGE_AGENT_TESTDATA to a folder with captioned pictures")
    photographs = []
    for line in map(json.loads, captions[0].read_text("utf-8").splitlines()[:COUNT]):
        path = next(captions[0].parent.rglob(Path(line["image"]).name))
        if min(np.asarray(cv2.imread(str(path))).shape[:2]) >= LEAST_SIDE:
            photographs.append((line["en"][0], path.read_bytes()))
    return photographs


async def test_a_piece_and_a_name_find_photographs(tmp_path: Path) -> None:
    mirror = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    if mirror is None:
        pytest.skip("set EDGE_AGENT_MODEL_MIRROR to a folder with the weights")
    photographs = _photographs()
    pack = choose(PackOptions(folder=tmp_path / "models", pack="open", mirror=Path(mirror)))
    eyes = PackEyes(await asyncio.to_thread(Vision.load, pack))
    async with (
        await Store.open(tmp_path / "state", clock=SystemClock()) as store,
        image_search(store, eyes=eyes) as service,
    ):
        for number, (_, data) in enumerate(photographs):
            picture = asked.PictureAsked(picture=data)
            item = asked.AddItem(instance="goods", product="p", name=str(number), picture=picture)
            told = await service.changes.add(item, asker="test")
            assert told.region is not None
        for number, (_, data) in enumerate(photographs):
            whole = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), 1), np.uint8)
            piece = encoded(whole[: whole.shape[0] * 4 // 5, : whole.shape[1] * 4 // 5])
            wanted = asked.SearchByPicture(
                instance="goods",
                picture=asked.PictureAsked(picture=piece),
                paging=asked.Paging(count=1),
            )
            (hit,) = (await service.images.by_picture(wanted, asker="test")).hits
            assert hit.item.name == str(number)
        named = asked.SearchByText(instance="goods", text="狗", paging=asked.Paging(count=3))
        found = (await service.images.by_text(named, asker="test")).hits
        assert found
        assert "dog" in photographs[int(found[0].item.name)][0].lower()
