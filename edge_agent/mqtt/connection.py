"""One connection to the broker, from CONNECT to its end.

The only module that meets paho's client. Two threads: paho's network loop runs on a thread of
its own (`_talk`), all else on the event loop. Callbacks cross over by `call_soon_threadsafe`.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, error_string
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.mqtt.message import Message
from edge_agent.mqtt.options import BrokerOptions

_FAILURE = 0x80  # reason codes from here on say that something was not done
_WHO = frozenset({0x86, 0x87})  # bad user name or password, not authorised
_NOT_NOW = frozenset({0x80, 0x83, 0x88, 0x89, 0x97})  # worth trying again: busy, over quota, …


class PublishRefused(Refused):
    """The broker does not take this message, now or later: not authorised, too large, …."""


class Connection:
    """Opened once, closed once; made anew for every try."""

    def __init__(
        self,
        options: BrokerOptions,
        *,
        will: tuple[str, bytes] | None,
        arrived: Callable[[Message], None],
    ) -> None:
        self._options = options
        self._arrived = arrived
        self._loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._waiting: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self._window = asyncio.Semaphore(options.window)
        self._largest = 1 << 28  # bytes of a packet, by the protocol
        self._five = options.protocol == "5"
        self._client = self._make_client(will)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mqtt")
        self._talking: asyncio.Future[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether the broker has greeted us and the line has not ended."""
        return self._greeted.done() and not self._ended.done()

    async def open(self) -> None:
        """Connect and wait for the broker's greeting.

        Raises:
            Unavailable: it cannot be reached, or does not want us.
        """
        self._talking = self._loop.run_in_executor(self._thread, self._talk)
        self._talking.add_done_callback(self._stopped)
        deadline = 2 * self._options.connect_timeout
        await asyncio.wait((self._greeted, self._ended), timeout=deadline,
                           return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
        if self._ended.done():
            raise Unavailable(self._ended.result())
        if not self._greeted.done():
            raise Unavailable(f"{self._name} did not greet within {deadline:g} s")

    async def ended(self) -> str:
        """Wait for the end of the connection and return why it ended."""
        return await asyncio.shield(self._ended)

    async def subscribe(self, filters: Sequence[str]) -> None:
        """Ask for what arrives under these filters, QoS 1.

        Raises:
            Unavailable: the broker refuses one of them, or the connection is gone.
        """
        if not filters:
            return
        if self._five:
            # As published: else the broker hides from who is there that a message was retained.
            how = SubscribeOptions(qos=1, retainAsPublished=True)
            result, mid = self._client.subscribe([(name, how) for name in filters])
        else:
            result, mid = self._client.subscribe([(name, 1) for name in filters])
        codes = await self._answer(result, mid, "the subscription")
        for name, code in zip(filters, codes, strict=False):
            if code.value >= _FAILURE:
                raise Unavailable(f"{self._name} refuses the subscription to {name}: {code}")

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        correlation: bytes | None = None,
    ) -> None:
        """Send a message with QoS 1 and wait until the broker has acknowledged it.

        Raises:
            Unavailable: the connection is gone, or the broker does not answer in time.
            PublishRefused: it will never take this message.
        """
        if len(payload) + len(topic.encode()) + len(correlation or b"") + 64 > self._largest:
            raise PublishRefused(
                f"{topic}: {len(payload)} bytes are more than the broker's {self._largest}"
            )
        async with self._window:
            self._check_alive()
            info = self._client.publish(
                topic, payload, 1, retain, self._properties(correlation)
            )  # fmt: skip
            code = (await self._answer(info.rc, info.mid, topic))[0]
        if code.value >= _FAILURE:
            message = f"{self._name} does not take {topic}: {code}"
            raise Unavailable(message) if code.value in _NOT_NOW else PublishRefused(message)

    async def close(self) -> None:
        """End the connection in good order where it still stands, and the thread with it."""
        if self._talking is not None:
            self._client.disconnect()
            done, _ = await asyncio.wait((self._talking,), timeout=2.0)
            line = self._client.socket()
            if not done and isinstance(line, socket.socket):
                with contextlib.suppress(OSError):  # it has just ended by itself
                    line.shutdown(socket.SHUT_RDWR)  # a line that takes no more bytes
            await asyncio.wait((self._talking,))
        self._thread.shutdown()

    @property
    def _name(self) -> str:
        return f"the broker at {self._options.host}:{self._options.port}"

    def _make_client(self, will: tuple[str, bytes] | None) -> Client:
        options = self._options
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            clean_session=None if self._five else False,
            protocol=MQTTProtocolVersion.MQTTv5 if self._five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = options.connect_timeout
        client.max_inflight_messages_set(options.window)
        if options.username is not None:
            client.username_pw_set(options.username, options.password)
        if options.tls is not None:
            client.tls_set_context(options.tls.context())
        if will is not None:
            client.will_set(will[0], will[1], qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        # With this set, paho wakes its loop instead of writing to the socket on our thread.
        client.on_socket_register_write = lambda *_: None
        # Else an answer waits 40 ms for the far end to confirm the acknowledgement before it.
        client.on_socket_open = _without_delay
        return client

    # ---- on paho's thread

    def _talk(self) -> None:
        options = self._options
        try:
            self._client.connect(
                options.host,
                options.port,
                options.keepalive,
                clean_start=False if self._five else 3,
                properties=self._connect_properties(),
            )
            while (result := self._client.loop()) is MQTTErrorCode.MQTT_ERR_SUCCESS:
                pass
        except OSError as error:
            raise Unavailable(f"{self._name} cannot be reached: {error}") from error
        except (MQTTException, UnicodeDecodeError, struct.error) as error:
            raise Unavailable(f"{self._name} sent a malformed packet: {error}") from error
        raise Unavailable(f"the connection to {self._name} ended: {error_string(result)}")

    def _on_connect(
        self,
        _client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._greet, code, properties)

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            why = f"{self._name} ended the connection: {code}"
            self._loop.call_soon_threadsafe(self._end, why)

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        mid: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._resolve, mid, codes)

    def _on_publish(
        self,
        _client: Client,
        _userdata: object,
        mid: int,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._resolve, mid, [code])

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        given: dict[str, Any] = vars(message.properties) if message.properties else {}
        size = len(message.payload)
        made = Message(
            topic=message.topic,
            payload=bytes(message.payload) if size <= self._options.payload_limit else b"",
            size=size,
            retained=message.retain,
            response_topic=given.get("ResponseTopic"),
            correlation=given.get("CorrelationData"),
            user=tuple(given.get("UserProperty", ())),
            acknowledge=lambda mid=message.mid, qos=message.qos: self._acknowledge(mid, qos),  # type: ignore[misc]
        )
        self._loop.call_soon_threadsafe(self._arrived, made)

    # ---- on the event loop

    def _greet(self, code: ReasonCode, properties: Properties | None) -> None:
        if code.value >= _FAILURE:
            hint = "; check mqtt.username and mqtt.password" if code.value in _WHO else ""
            self._end(f"{self._name} refuses the connection: {code}{hint}")
            return
        given: dict[str, Any] = vars(properties) if properties else {}
        allowed = min(self._options.window, given.get("ReceiveMaximum", self._options.window))
        self._window = asyncio.Semaphore(allowed)
        self._largest = given.get("MaximumPacketSize", self._largest)
        if not self._greeted.done():
            self._greeted.set_result(None)

    def _stopped(self, talking: asyncio.Future[None]) -> None:
        error = talking.exception()
        if isinstance(error, Unavailable):
            self._end(str(error))
        elif not self._ended.done():
            bug = error or RuntimeError("the network loop returned")
            self._ended.set_exception(bug)
            self._fail_waiting(bug)

    def _end(self, why: str) -> None:
        if not self._ended.done():
            self._ended.set_result(why)
        self._fail_waiting(Unavailable(why))

    def _fail_waiting(self, error: BaseException) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)

    def _resolve(self, mid: int, codes: list[ReasonCode]) -> None:
        future = self._waiting.get(mid)
        if future is not None and not future.done():
            future.set_result(codes)

    async def _answer(self, result: MQTTErrorCode, mid: int | None, what: str) -> list[ReasonCode]:
        if result is not MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            why = f"the connection to {self._name} ended: {error_string(result)}"
            self._end(why)  # paho's thread will say so too, but who tries again must not spin
            raise Unavailable(f"{what} was not sent; {why}")
        self._check_alive()
        future: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._waiting[mid] = future
        try:
            async with asyncio.timeout(self._options.publish_timeout):
                codes = await future
        except TimeoutError:
            raise Unavailable(f"{self._name} did not acknowledge {what}") from None
        finally:
            del self._waiting[mid]
        return codes

    def _check_alive(self) -> None:
        if not self.alive:
            raise Unavailable(f"no connection to {self._name}")

    def _acknowledge(self, mid: int, qos: int) -> None:
        if self.alive:
            self._client.ack(mid, qos)

    def _connect_properties(self) -> Properties | None:
        if not self._five:
            return None
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = self._options.session_expiry
        properties.ReceiveMaximum = self._options.receive_maximum
        properties.MaximumPacketSize = self._options.packet_limit
        return properties

    def _properties(self, correlation: bytes | None) -> Properties | None:
        if not self._five:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ContentType = "application/json"
        if correlation is not None:
            properties.CorrelationData = correlation
        return properties


def _without_delay(_client: Client, _userdata: object, line: object) -> None:
    if isinstance(line, socket.socket):  # ssl.SSLSocket is one
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
