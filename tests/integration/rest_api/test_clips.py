"""Clips and thumbnails at the door: as recorded, or made playable when asked for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from edge_agent.domain.polygon import Polygon
from edge_agent.domain.track import Fragment
from edge_agent.media import decode_picture
from edge_agent.storage.tracks import link_fragment
from tests.integration.rest_api.house import (
    BEARER,
    House,
    a_jpeg,
    open_house,
    remember_track,
)
from tests.support.clips import remembered, shown_in, write_numbered
from tests.support.rtsp import number_of

LEFT: Polygon = ((0, 0.2), (0.5, 0.2), (0.5, 1), (0, 1))


@contextlib.asynccontextmanager
async def rendering(house: House) -> AsyncIterator[None]:
    task = asyncio.get_running_loop().create_task(house.parts.playback.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def a_clip(
    house: House, encoder: str, codec: str, *, frames: int = 30, masks: tuple[Polygon, ...] = ()
) -> Fragment:
    path = house.store.clips / f"{codec}.mp4"
    await asyncio.to_thread(write_numbered, path, encoder, frames=frames)
    return await remembered(house.store, path, codec, masks=masks)


async def shown(client: httpx.AsyncClient, clip: Fragment) -> dict[str, object]:
    answer: dict[str, object] = (
        await client.get(f"/v1/fragments/{clip.id}", headers=BEARER)
    ).json()
    return answer


async def test_a_clip_of_an_old_camera_is_made_playable_and_can_be_sought_in(
    client: httpx.AsyncClient, house: House, tmp_path: Path
) -> None:
    clip = await a_clip(house, "mpeg4", "mpeg4")
    before = await shown(client, clip)
    assert (before["ready"], before["progress"]) == (False, None)
    async with rendering(house):
        whole = await client.get(str(before["clip_url"]))
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    (copy := tmp_path / "copy.mp4").write_bytes(whole.content)
    assert [number_of(picture) for _, picture in shown_in(copy)] == list(range(30))
    assert (await shown(client, clip))["ready"] is True
    part = await client.get(
        str(before["clip_url"]),
        headers={"Range": "bytes=100-199", "If-Range": whole.headers["etag"]},
    )
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert "immutable" in whole.headers["cache-control"]


async def test_as_it_was_recorded(client: httpx.AsyncClient, house: House) -> None:
    clip = await a_clip(house, "mpeg4", "mpeg4")
    query = {"form": "recorded"}
    answer = await client.get(f"/media/clips/{clip.id}", params=query, headers=BEARER)
    assert answer.content == (house.store.clips / clip.path).read_bytes()
    link = str((await shown(client, clip))["clip_url"])
    assert (await client.get(f"{link}&form=recorded")).status_code == 200
    query = {"form": "other"}
    answer = await client.get(f"/media/clips/{clip.id}", params=query, headers=BEARER)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "form")


async def test_what_a_mask_covers_is_handed_out_in_no_form(
    client: httpx.AsyncClient, house: House, tmp_path: Path
) -> None:
    clip = await a_clip(house, "libx264", "h264", masks=(LEFT,))
    query = {"form": "recorded"}
    answer = await client.get(f"/media/clips/{clip.id}", params=query, headers=BEARER)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "form")
    assert "privacy masks" in answer.json()["error"]["message"]
    async with rendering(house):
        whole = await client.get(str((await shown(client, clip))["clip_url"]))
        picture = await client.get(str((await shown(client, clip))["thumbnail_url"]))
    (copy := tmp_path / "copy.mp4").write_bytes(whole.content)
    assert all(image[80:, :310].max() < 24 for _, image in shown_in(copy))
    assert decode_picture(picture.content)[60:, :232].max() < 24
    # masks may be added at any time: no copy may be shown without asking
    for answer in (whole, picture):
        assert answer.headers["cache-control"] == "private, no-cache"


async def test_while_it_is_made_the_asker_is_told_how_far_it_is(tmp_path: Path) -> None:
    async with open_house(tmp_path, patience_s=0.01) as house:
        clip = await a_clip(house, "mpeg4", "mpeg4", frames=300)
        transport = httpx.ASGITransport(house.app)
        async with (
            rendering(house),
            httpx.AsyncClient(transport=transport, base_url="https://box") as client,
        ):
            link = f"/media/clips/{clip.id}"
            answer = await client.get(link, headers=BEARER)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert "being made playable" in answer.json()["error"]["message"]
            assert (await shown(client, clip))["progress"] is not None
            async with asyncio.timeout(50):
                while not (await shown(client, clip))["ready"]:  # noqa: ASYNC110 - as a page does
                    await asyncio.sleep(0.1)
            assert (await client.get(link, headers=BEARER)).status_code == 200


async def test_the_thumbnail_is_of_the_best_moment(client: httpx.AsyncClient, house: House) -> None:
    clip = await a_clip(house, "libx264", "h264")
    best = clip.start_ms + 500
    track = await remember_track(house, "door", best, face=a_jpeg(1, 96, 96), body=a_jpeg(1))
    async with house.store.transaction() as tx:
        await link_fragment(tx, track, clip.id)
    moment = await house.parts.queries.best_moment(clip.id)
    assert moment is not None
    async with rendering(house):
        picture = await client.get(str((await shown(client, clip))["thumbnail_url"]))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    image = decode_picture(picture.content)
    assert image.shape == (270, 480, 3)
    bits = [image[2:8, round((bit + 0.5) * 12)].mean() > 128 for bit in range(10)]
    number = sum(1 << bit for bit, level in enumerate(bits) if level)
    assert number == min(29, -(-(moment - clip.start_ms) // 100))


@pytest.mark.parametrize("what", ["clips", "thumbnails"])
async def test_a_link_that_is_not_of_this_box_opens_nothing(
    client: httpx.AsyncClient, house: House, what: str
) -> None:
    clip = await a_clip(house, "libx264", "h264")
    assert (await client.get(f"/media/{what}/{clip.id}")).status_code == 401
    other = str((await shown(client, clip))["clip_url"]).replace("clips", "thumbnails")
    assert (await client.get(other)).status_code == 403
    assert (await client.get(f"/media/{what}/{'0' * 32}", headers=BEARER)).status_code == 404
