"""A real mosquitto for tests, and a client of it that shares no code with the product."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, Self

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

USERNAME = "tester"
PASSWORD = "not-a-secret"


def mosquitto_program() -> str | None:
    """Where mosquitto is; it is often outside of an ordinary user's PATH."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Reachable(Protocol):
    """A broker, as far as a client has to know it."""

    host: str
    port: int
    username: str
    password: str


class LocalBroker:
    """One mosquitto with a user, a persistence folder and no anonymous access.

    Attributes:
        host, port, username, password: how to connect.
    """

    host = "127.0.0.1"
    username = USERNAME
    password = PASSWORD

    def __init__(self, folder: Path, *, extra: str = "") -> None:
        program = mosquitto_program()
        if program is None:
            pytest.skip("mosquitto is not installed")
        self._program = program
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run(
            ["mosquitto_passwd", "-b", str(passwords), USERNAME, PASSWORD],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        user = "root" if os.geteuid() == 0 else ""
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} {self.host}\nallow_anonymous false\n"
            f"password_file {passwords}\npersistence true\npersistence_location {folder}/\n"
            f"{'user ' + user if user else ''}\nmax_queued_messages 0\n"
            f"set_tcp_nodelay true\n{extra}\n"
        )

    def start(self) -> None:
        """Start it and wait until it listens."""
        log = (self._folder / "mosquitto.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self._folder / "mosquitto.conf")],
                stdout=log,
                stderr=log,
            )
        for _ in range(1000):
            with socket.socket() as probe:
                probe.settimeout(0.1)
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.01)
        raise RuntimeError((self._folder / "mosquitto.log").read_text())

    def kill(self) -> None:
        """End it as a power cut would: what it had only in memory is lost."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again on the same port."""
        self.kill()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None


@contextlib.contextmanager
def local_broker(folder: Path, *, extra: str = "") -> Iterator[LocalBroker]:
    """A running broker that ends with the block; `extra` are lines for its configuration."""
    broker = LocalBroker(folder, extra=extra)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Peer:
    """A client of the broker: somebody who calls the box and listens to it.

    Attributes:
        messages: what has arrived and was not taken yet, in order.
    """

    def __init__(self, broker: Reachable, *, protocol: str = "5", name: str = "") -> None:
        self._five = protocol == "5"
        self._broker = broker
        self._loop = asyncio.get_running_loop()
        self.messages: asyncio.Queue[MQTTMessage] = asyncio.Queue()
        self._subscribed = asyncio.Event()
        self._connected = asyncio.Event()
        version = MQTTProtocolVersion.MQTTv5 if self._five else MQTTProtocolVersion.MQTTv311
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=version)
        self._client.username_pw_set(broker.username, broker.password)
        self._client.reconnect_delay_set(1, 1)
        self._filters: list[str] = []
        self._client.on_connect = lambda *_: self._again()
        self._client.on_subscribe = lambda *_: self._tell(self._subscribed.set)
        self._client.on_message = lambda _c, _u, message: self._tell(
            self.messages.put_nowait, message
        )

    def _tell(self, function: Any, *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)

    def _again(self) -> None:
        for name in self._filters:
            self._client.subscribe(name, 1)
        self._tell(self._connected.set)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._client.connect, self._broker.host, self._broker.port, 60)
        self._client.loop_start()
        await self._connected.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def subscribe(self, topic_filter: str) -> None:
        """Listen, and wait until the broker knows."""
        self._filters.append(topic_filter)
        self._subscribed.clear()
        self._client.subscribe(topic_filter, 1)
        await self._subscribed.wait()

    async def publish(
        self,
        topic: str,
        payload: bytes | str | dict[str, Any],
        *,
        retain: bool = False,
        **properties: object,
    ) -> None:
        """Send with QoS 1 and wait for the broker; `properties` as paho names them (MQTT 5)."""
        beside = None
        if self._five:
            beside = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            for name, value in properties.items():
                setattr(beside, name, value)
        body = json.dumps(payload) if isinstance(payload, dict) else payload
        info = self._client.publish(topic, body, 1, retain, beside)
        await asyncio.to_thread(info.wait_for_publish, 20)

    async def get(self, *, within: float = 20) -> MQTTMessage:
        """Wait for the next message."""
        async with asyncio.timeout(within):
            return await self.messages.get()

    async def get_json(self, *, within: float = 20) -> dict[str, Any]:
        """Wait for the next message and read its body."""
        made: dict[str, Any] = json.loads((await self.get(within=within)).payload)
        return made
