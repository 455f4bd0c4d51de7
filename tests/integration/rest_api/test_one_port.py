"""One port, two protocols: who comes in how, and what strangers at the door cost."""

import asyncio
import contextlib
import os
import resource
import shutil
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.rest_api.house import BEARER, House, open_house
from tests.integration.rest_api.test_serve import asking, raw, served
from tests.support.https import own_certificate, trusting

PING = b"GET /healthz HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300)


def counted(house: House, protocol: str, outcome: str) -> float:
    counter = house.parts.counters.counter("edge_agent_http_connections_total", "")
    return counter.get(protocol=protocol, outcome=outcome)


async def until_counted(house: House, protocol: str, outcome: str, number: int) -> None:
    for _ in range(2000):
        if counted(house, protocol, outcome) >= number:
            break
        await asyncio.sleep(0.01)
    assert counted(house, protocol, outcome) == number


@contextlib.asynccontextmanager
async def opened(
    folder: Path, **tuned: float | str
) -> AsyncIterator[tuple[House, int, ssl.SSLContext]]:
    """A house that is served: the port, and what its clients trust."""
    async with open_house(folder, **tuned) as house, served(house) as port:
        yield house, port, trusting(own_certificate(folder))


async def pinged(port: int, trust: ssl.SSLContext | None = None) -> bytes:
    async with raw(port, trust) as (reader, writer):
        writer.write(PING)
        return (await reader.read())[: len(OK)]


async def test_both_protocols_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as (house, port, trust):
        answers = await asyncio.gather(*(pinged(port, (None, trust)[n % 2]) for n in range(40)))
        assert set(answers) == {OK}
        assert (counted(house, "http", "served"), counted(house, "https", "served")) == (20, 20)


async def test_a_client_that_is_strict_about_certificates(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, port, trust):
        trust.verify_flags |= ssl.VERIFY_X509_STRICT  # the default since Python 3.13
        assert await pinged(port, trust) == OK


async def test_a_connection_stays_for_many_requests(tmp_path: Path) -> None:
    async with opened(tmp_path) as (house, port, _):
        async with asking(house, port) as client:
            for _ in range(20):
                assert (await client.get("/v1/status", headers=BEARER)).status_code == 200
        assert counted(house, "https", "served") == 1


@pytest.mark.parametrize("encrypted", [False, True])
async def test_bytes_that_come_one_by_one(tmp_path: Path, *, encrypted: bool) -> None:
    """The first byte decides, and is still there for whoever reads the request."""
    async with opened(tmp_path) as (_, port, trust):
        if not encrypted:
            async with raw(port) as (reader, writer):
                for byte in PING:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0.002)
                assert await reader.readline() == OK
            return
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = trust.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        async with raw(port) as (reader, writer):
            while True:
                with contextlib.suppress(ssl.SSLWantReadError):
                    client.do_handshake()
                    break
                for byte in outgoing.read():
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0)
                incoming.write(await reader.read(65_536))
            client.write(PING)
            writer.write(outgoing.read())
            while True:
                with contextlib.suppress(ssl.SSLWantReadError):
                    assert client.read().startswith(b"HTTP/1.1 200 ")
                    break
                incoming.write(await reader.read(65_536))


async def test_who_says_nothing_is_let_go(tmp_path: Path) -> None:
    async with opened(tmp_path, header_s=0.3) as (house, port, trust):
        async with raw(port) as (reader, _):
            assert await reader.read() == b""
        assert counted(house, "none", "silent") == 1
        async with raw(port, trust) as (reader, _):  # a handshake, and then nothing
            assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")


async def test_who_leaves_at_once_is_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as (house, port, trust):
        async with raw(port):
            pass
        await until_counted(house, "none", "left", 1)
        reset = socket.create_connection(("127.0.0.1", port))
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()
        await until_counted(house, "none", "left", 2)
        assert await pinged(port, trust) == OK


@pytest.mark.parametrize("sent", [CLIENT_HELLO[:1], CLIENT_HELLO[:40]], ids=len)
async def test_half_a_handshake_is_given_up(tmp_path: Path, sent: bytes) -> None:
    async with opened(tmp_path, header_s=0.3) as (house, port, _), raw(port) as (reader, writer):
        writer.write(sent)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        await until_counted(house, "https", "failed", 1)


async def test_a_handshake_of_garbage_does_no_harm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as (house, port, trust):
        async with raw(port) as (reader, writer):
            writer.write(b"\x16" * 4000)
            with contextlib.suppress(ConnectionError):
                await reader.read()
        await until_counted(house, "https", "failed", 1)
        with socket.create_connection(("127.0.0.1", port)) as bare:  # and after a good one
            sealed = await asyncio.to_thread(
                trust.wrap_socket, bare, server_hostname="127.0.0.1", suppress_ragged_eofs=False
            )
            with socket.socket(fileno=sealed.detach()) as opened_up:
                opened_up.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
                with contextlib.suppress(ConnectionError):
                    await asyncio.to_thread(opened_up.recv, 4096)
        assert await pinged(port, trust) == OK
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
async def test_old_tls_is_refused_and_new_spoken(tmp_path: Path) -> None:
    async with opened(tmp_path) as (house, port, trust):
        trust.set_ciphers("DEFAULT:@SECLEVEL=0")
        trust.minimum_version = ssl.TLSVersion.TLSv1
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            trust.maximum_version = version
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await pinged(port, trust)
        await until_counted(house, "https", "failed", 2)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            trust.maximum_version = version
            assert await pinged(port, trust) == OK


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command")
async def test_another_implementation_of_a_client(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, port, _):
        process = await asyncio.create_subprocess_exec(
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-verify_return_error",
            "-CAfile", str(own_certificate(tmp_path)), "-verify_ip", "127.0.0.1", "-ign_eof",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate(PING)
        assert b"Verify return code: 0 (ok)" in said
        assert b"HTTP/1.1 200 " in said


def is_closed(client: socket.socket) -> bool:
    """Whether the other side has ended the connection."""
    client.setblocking(False)  # noqa: FBT003 - its only argument
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


async def test_a_thousand_silent_strangers_keep_nobody_out(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    try:
        async with opened(tmp_path, arrivals=64, connections=4) as (house, port, trust):
            strangers = [socket.socket() for _ in range(1000)]
            try:
                for number, stranger in enumerate(strangers):
                    await asyncio.to_thread(stranger.connect, ("127.0.0.1", port))
                    if number % 2:
                        stranger.send(CLIENT_HELLO[:5])
                assert await pinged(port) == OK
                assert await pinged(port, trust) == OK
                crowded = [counted(house, each, "crowded_out") for each in ("none", "https")]
                assert sum(crowded) >= 1000 - 64
                assert min(crowded) > 400
                assert sum(map(is_closed, strangers)) >= 1000 - 64
            finally:
                for stranger in strangers:
                    stranger.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


async def test_who_is_crowded_out_in_the_midst_of_a_handshake_leaves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, arrivals=2) as (house, port, trust):
        assert await pinged(port, trust) == OK
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as it is now

        async def tried() -> bool:
            try:
                return await pinged(port, trust) == OK
            except (ssl.SSLError, OSError):
                return False

        through = sum(await asyncio.gather(*(tried() for _ in range(120))))
        crowded = counted(house, "https", "crowded_out") + counted(house, "none", "crowded_out")
        assert through >= 2
        assert crowded >= 120 - through
        assert await pinged(port, trust) == OK
        await asyncio.sleep(0.1)
        after = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as it is now
        assert after <= before + 2
    assert not [record for record in caplog.records if record.exc_info]


async def test_without_descriptors_it_waits_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as (_, port, _):
        with socket.socket() as late:
            late.setblocking(False)  # noqa: FBT003 - its only argument
            used = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as it is now
            limits = resource.getrlimit(resource.RLIMIT_NOFILE)
            held: list[socket.socket] = []
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 20, limits[1]))
            try:
                with contextlib.suppress(OSError):
                    while True:
                        held.append(socket.socket())
                with contextlib.suppress(BlockingIOError):
                    late.connect(("127.0.0.1", port))
                for _ in range(1000):
                    if "no connection can be accepted" in caplog.text:
                        break
                    await asyncio.sleep(0.01)
            finally:
                for each in held:
                    each.close()
                resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            assert "no connection can be accepted" in caplog.text
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(late, PING)
            assert (await loop.sock_recv(late, 100)).startswith(b"HTTP/1.1 200 ")


async def test_a_body_that_never_ends_is_cut_off_after_its_answer(tmp_path: Path) -> None:
    head = b"POST /healthz HTTP/1.1\r\nHost: box\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with (
        opened(tmp_path, header_s=0.3) as (_, port, trust),
        raw(port, trust) as (reader, writer),
    ):
        writer.write(head)
        assert (await reader.readline()).startswith(b"HTTP/1.1 405 ")

        async def drip() -> None:
            while True:
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)

        async with asyncio.timeout(10):
            with pytest.raises(ConnectionError):
                await drip()


async def test_it_stops_at_once_whoever_is_there(tmp_path: Path) -> None:
    """Idle, silent and half-way clients do not hold it up, least of all those behind TLS."""
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as clients:
        async with opened(tmp_path) as (house, port, trust):
            client = await clients.enter_async_context(asking(house, port))
            assert (await client.get("/healthz")).status_code == 200
            await clients.enter_async_context(raw(port))
            _, half = await clients.enter_async_context(raw(port))
            half.write(CLIENT_HELLO[:7])
            assert await pinged(port, trust) == OK
            begun = loop.time()
        assert loop.time() - begun < house.options.shutdown_s  # else it waited for somebody


async def test_a_new_certificate_comes_into_force_without_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as (house, port, before), raw(port, before) as (reader, writer):
        own_certificate(tmp_path).unlink()
        house.certificate.look()
        after = trusting(own_certificate(tmp_path))
        assert await pinged(port, after) == OK
        with pytest.raises(ssl.SSLCertVerificationError):
            await pinged(port, before)
        writer.write(PING)  # who was there already goes on
        assert await reader.readline() == OK


async def test_http_clients_of_another_make(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, port, trust):
        for protocol in ("http", "https"):
            async with httpx.AsyncClient(verify=trust) as client:
                answer = await client.get(f"{protocol}://127.0.0.1:{port}/readyz")
                assert answer.status_code == 200
