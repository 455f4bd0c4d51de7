import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from edge_agent.runtime import systemd


@contextlib.contextmanager
def manager(address: str) -> Iterator[socket.socket]:
    """What systemd holds: a datagram socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address)
        channel.settimeout(20)
        yield channel


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    with manager(path) as channel:
        yield channel


def test_a_message_reaches_the_manager(listening: socket.socket) -> None:
    systemd.notify("READY=1\nSTATUS=all is well")
    assert listening.recv(1024) == b"READY=1\nSTATUS=all is well"


def test_an_abstract_socket_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"edge-agent-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
    with manager("\0" + name) as channel:
        systemd.notify("STOPPING=1")
        assert channel.recv(1024) == b"STOPPING=1"


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_manager_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if value is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", value)
    systemd.notify("READY=1")


def test_a_manager_that_has_gone_is_told_of_in_the_log_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    systemd.notify("READY=1")
    assert "systemd cannot be told 'READY=1'" in caplog.text


def test_a_manager_that_does_not_read_is_not_waited_for(
    listening: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(10_000):  # more than any socket holds; waiting would end in pytest's time limit
        systemd.notify("WATCHDOG=1")
    assert "systemd cannot be told 'WATCHDOG=1'" in caplog.text
    assert listening.recv(1024) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("written", "seconds"), [("30000000", 30.0), ("1500000", 1.5), ("", None), (None, None)]
)
def test_the_period_of_the_watchdog(
    monkeypatch: pytest.MonkeyPatch, written: str | None, seconds: float | None
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    if written is not None:
        monkeypatch.setenv("WATCHDOG_USEC", written)
    assert systemd.watchdog_seconds() == seconds


@contextlib.asynccontextmanager
async def feeding(progressing: Callable[[], str | None]) -> AsyncIterator[None]:
    task = asyncio.get_running_loop().create_task(systemd.feed_watchdog(progressing))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_the_watchdog_is_fed_while_there_is_progress_and_only_then(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")  # fed every 10 ms
    stuck: list[str | None] = [None]
    asked = asyncio.Queue[None]()

    def progressing() -> str | None:
        asked.put_nowait(None)
        return stuck[0]

    async with feeding(progressing):
        for _ in range(3):
            assert await asyncio.to_thread(listening.recv, 64) == b"WATCHDOG=1"
        stuck[0] = "camera door stands still"
        listening.setblocking(False)  # noqa: FBT003 - the name of the method says it
        for _ in range(asked.qsize()):
            asked.get_nowait()
        await asked.get()
        with contextlib.suppress(BlockingIOError):
            while listening.recv(64):
                pass  # what was sent before it stood still
        for _ in range(3):
            await asked.get()
        with pytest.raises(BlockingIOError):
            listening.recv(64)
        assert "no progress: camera door stands still" in caplog.text
        stuck[0] = None
        listening.settimeout(20)
        assert await asyncio.to_thread(listening.recv, 64) == b"WATCHDOG=1"
