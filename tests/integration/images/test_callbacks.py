"""The end of an import is told to its CallbackAddress, a real https server on this machine."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typing_extensions import override

from edge_agent.domain import image_asked as asked
from edge_agent.images import ImageSearch, calling_back
from edge_agent.outbound import MOST_REFUSALS, PostLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage import Store
from edge_agent.storage.image_tasks import next_call
from tests.support.https import local_certificate, own_certificate, trusting
from tests.support.receiver import Receiver, receiving
from tests.support.things import image_search, picture

LOCAL = ("127.0.0.0/8",)


class Host(Receiver):
    """A host that is told without a signature."""

    @override
    def _judge(self, head: str, headers: dict[str, str], body: bytes) -> int:
        assert head.startswith("POST /done?shop=7 HTTP/1.1\r\n")
        assert headers["content-type"] == "application/json"
        self.ids.append("")
        status = self.statuses.pop(0) if self.statuses else 204
        if 200 <= status < 300:
            self.messages.append(json.loads(body))
        self.arrived.set()
        return status


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling_back, "RETRY", Backoff(first=0.01, longest=0.02, jitter=0))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, and a file that is none, in bucket `shelf`."""
    folder = tmp_path / "buckets"
    (folder / "shelf" / "new").mkdir(parents=True)
    for number in range(2):
        (folder / "shelf" / "new" / f"{number}.jpg").write_bytes(picture(number))
    (folder / "shelf" / "new" / "none.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture
def secure(tmp_path: Path) -> ssl.SSLContext:
    return local_certificate(tmp_path / "tls").context()


@pytest.fixture
def limits(tmp_path: Path, secure: ssl.SSLContext) -> PostLimits:
    """As a box has them that trusts the certificate of this test."""
    del secure  # made first
    trusted = trusting(own_certificate(tmp_path))
    return PostLimits(seconds=2.0, allowed_networks=LOCAL, context=trusted)


async def order(service: ImageSearch, address: str, path: str = "/new") -> None:
    wanted = asked.ImportItems(instance="goods", bucket="shelf", path=path, callback=address)
    await service.tasks.take_in(wanted, asker="test")


async def nothing_due(store: Store) -> None:
    """Wait until no callback is waited for."""
    async with asyncio.timeout(15):
        while True:
            version = store.version("image_task")
            rows = await store.rows("SELECT 1 FROM image_task WHERE state = 'processing'")
            if not rows and await next_call(store) is None:
                return
            await store.changed("image_task", version)


async def called(store: Store) -> None:
    """Wait until a callback has been tried in vain."""
    async with asyncio.timeout(15):
        while True:
            version = store.version("image_task")
            due = await next_call(store)
            if due is not None and due.calls:
                return
            await store.changed("image_task", version)


async def test_the_end_is_told_until_it_is_taken(
    store: Store, folder: Path, secure: ssl.SSLContext, limits: PostLimits
) -> None:
    async with receiving(Host(b"", statuses=[500, 0]), secure) as host:
        async with image_search(store, import_folder=folder, callback=limits) as service:
            await order(service, f"https://127.0.0.1:{host.port}/done?shop=7")
            await order(service, f"https://127.0.0.1:{host.port}/done?shop=7", "/nowhere")
            await nothing_due(store)
        good, bad = sorted(host.messages, key=lambda message: message["Id"])
        assert len(host.ids) == 4  # two tries failed, each end was taken once
    assert (good["InstanceName"], good["BucketName"], good["Path"]) == ("goods", "shelf", "/new")
    assert (good["Status"], good["Code"], good["Msg"]) == ("SUCCESS", "0", "3 of 3, 1 not taken")
    assert (bad["Status"], bad["Code"]) == ("FAIL", "PicNotExist")
    assert not {"ErrorUrl", "CallbackAddress"} & good.keys()


async def test_a_restart_loses_no_callback(
    store: Store, folder: Path, secure: ssl.SSLContext, limits: PostLimits
) -> None:
    async with receiving(Host(b"", statuses=[0] * 100_000), secure) as host:
        async with image_search(store, import_folder=folder, callback=limits) as service:
            await order(service, f"https://127.0.0.1:{host.port}/done?shop=7")
            await host.until(requests=1)
        host.statuses.clear()
        async with image_search(store, import_folder=folder, callback=limits):
            await host.until(messages=1)
            await nothing_due(store)


async def test_whoever_refuses_is_let_alone(
    store: Store, folder: Path, secure: ssl.SSLContext, limits: PostLimits
) -> None:
    async with receiving(Host(b"", statuses=[400] * 100), secure) as host:
        async with image_search(store, import_folder=folder, callback=limits) as service:
            await order(service, f"https://127.0.0.1:{host.port}/done?shop=7")
            await nothing_due(store)
        assert (len(host.ids), host.messages) == (MOST_REFUSALS, [])


async def test_addresses_are_judged(store: Store, folder: Path, limits: PostLimits) -> None:
    """Over http only where that is allowed, and into a private network only where it is named."""
    async with receiving(Host(b""), None) as host:
        address = f"http://127.0.0.1:{host.port}/done?shop=7"
        for stricter in (limits, PostLimits(seconds=2.0, plain=True)):
            async with image_search(store, import_folder=folder, callback=stricter) as service:
                await order(service, address)
                await called(store)
            assert host.ids == []
        plain = PostLimits(seconds=2.0, plain=True, allowed_networks=LOCAL)
        async with image_search(store, import_folder=folder, callback=plain):
            await host.until(messages=2)
