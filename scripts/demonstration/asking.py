"""A client of the box, as an integrator would write one: MQTT 5 request and response.

It uses paho alone and nothing of edge_agent, so that what works here works from outside.
"""

import base64
import json
import queue
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

ANSWER_WITHIN, SEARCH_WITHIN = 15.0, 90.0
"""Seconds to wait for an answer, and for the end of a search."""


class NoAnswer(Exception):  # noqa: N818 - named for what happened
    """The box did not answer in time, or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """Where the broker is and how to enter; `root` is the box's topic root."""

    host: str
    port: int
    username: str
    password: str
    root: str


class Asker:
    """Sends requests and collects events; made by `asking`."""

    def __init__(self, client: paho.Client, root: str) -> None:
        self._client = client
        self._root = root
        self._inbox = f"{root}/reply/demo-{uuid.uuid4().hex[:12]}"
        self._waiting: dict[bytes, queue.Queue[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []
        self.steps: dict[str, float] = {}
        """Seconds of the last search, by what was waited for."""
        self.ready = threading.Event()
        client.on_message = self._take
        client.on_connect = self._subscribe

    def ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        """Send a request and wait for its answer's data.

        Raises:
            NoAnswer: nothing came within `ANSWER_WITHIN`, or the box refused.
        """
        with self._asked(operation, parameters) as answers:
            return _data(_next(answers, ANSWER_WITHIN, operation))

    def search(self, picture: bytes, **more: object) -> dict[str, Any]:
        """Run a picture search to its end and return the finished job with its hits."""
        return self._search({"picture": base64.b64encode(picture).decode(), **more})

    def search_like(self, track: str) -> dict[str, Any]:
        """Search with the pictures of a track, as `search`."""
        return self._search({"track": track})

    def _search(self, parameters: Mapping[str, object]) -> dict[str, Any]:
        times = [time.perf_counter()]
        with self._asked("picture-search.create", parameters) as answers:
            job = _data(_next(answers, ANSWER_WITHIN, "picture-search.create"))
            times.append(time.perf_counter())
            _next(answers, SEARCH_WITHIN, "the end of the search")
            times.append(time.perf_counter())
        ended = self.ask("picture-search.get", job=job["id"])
        times.append(time.perf_counter())
        names = ("first answer", "end", "hits read")
        self.steps = {
            name: later - sooner
            for name, sooner, later in zip(names, times, times[1:], strict=False)
        }
        return ended

    @contextmanager
    def _asked(
        self, operation: str, parameters: Mapping[str, object]
    ) -> Iterator["queue.Queue[dict[str, Any]]"]:
        correlation = uuid.uuid4().bytes
        answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._waiting[correlation] = answers
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ResponseTopic = self._inbox
        properties.CorrelationData = correlation
        properties.MessageExpiryInterval = 60
        properties.UserProperty = [("request-id", uuid.uuid4().hex)]
        topic = f"{self._root}/cmd/{operation}"
        self._client.publish(topic, json.dumps(parameters), qos=1, properties=properties)
        try:
            yield answers
        finally:
            del self._waiting[correlation]

    def _subscribe(
        self, client: paho.Client, _userdata: object, _flags: object, reason: ReasonCode, *_: object
    ) -> None:
        if reason.is_failure:
            return
        wanted = (self._inbox, f"{self._root}/evt/#", f"{self._root}/state")
        client.subscribe([(topic, 1) for topic in wanted])

    def _take(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        del client, userdata
        body = json.loads(message.payload)
        if message.topic == f"{self._root}/state":
            (self.ready.set if body["online"] else self.ready.clear)()
        elif message.topic == self._inbox:
            correlation = getattr(message.properties, "CorrelationData", b"")
            if correlation in self._waiting:
                self._waiting[correlation].put(body)
        else:
            self.events.append(body)
            position = json.dumps({"epoch": body["epoch"], "seq": body["seq"]})
            self._client.publish(f"{self._root}/ack/demo", position, qos=1)


@contextmanager
def asking(address: BrokerAddress) -> Iterator[Asker]:
    """Connect and wait until the box says that it is there; disconnect at the end.

    A request that is sent before the box has connected for the first time reaches nobody.

    Raises:
        NoAnswer: the broker did not let us in, or the box did not come.
    """
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.username_pw_set(address.username, address.password)
    asker = Asker(client, address.root)
    client.connect(address.host, address.port)
    client.loop_start()
    try:
        if not asker.ready.wait(30):
            raise NoAnswer(
                f"the broker at {address.host}:{address.port} did not let us in, or the box is away"
            )
        yield asker
    finally:
        client.disconnect()
        client.loop_stop()


def _next(answers: "queue.Queue[dict[str, Any]]", within: float, operation: str) -> dict[str, Any]:
    try:
        return answers.get(timeout=within)
    except queue.Empty:
        raise NoAnswer(f"no answer to {operation} within {within:g} s") from None


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    if not answer.get("ok"):
        error = answer.get("error", {})
        raise NoAnswer(f"refused: {error.get('code')}: {error.get('message')}")
    data: dict[str, Any] = answer["data"]
    return data
