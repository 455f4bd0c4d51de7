"""The MQTT door: commands and acknowledgements with anything in them.

The broker is away, so that every answer waits in the database, where it is judged.
"""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jsonschema

from edge_agent.audit import AuditLog
from edge_agent.commands.door import CommandDoor, CommandOptions
from edge_agent.commands.fingerprints import FingerprintOperations
from edge_agent.commands.operations import Operations
from edge_agent.commands.staff import StaffOperations
from edge_agent.commands.text_search import TextSearchOperations
from edge_agent.commands.watchlists import WatchListOperations
from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import WORDS
from edge_agent.fingerprint import Dna, FingerprintOptions, Fingerprints
from edge_agent.images import ImageSearch
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.message import Message
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.pipeline.camera import Camera
from edge_agent.pipeline.cameras import Cameras, Maker
from edge_agent.queries import Queries
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.outbox import PendingReply, replies_after
from edge_agent.sync.acknowledgements import Acknowledgements
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.sync import Sync
from edge_agent.tasks import NewTask, Place, RiskTasks, RiskTasksOptions
from edge_agent.wire.box_status import BoxStatus
from edge_agent.wire.schemas import OPERATIONS, schemas
from tests.fuzz.draw import Draw
from tests.fuzz.filled import filled_images, small_picture
from tests.fuzz.shaped import Known, Schema, shaped
from tests.fuzz.target import Judge, Target
from tests.support.mqtt_box import TOPICS, PlainLinks
from tests.support.painted import paint, vector_of
from tests.support.remembering import CAMERAS, Box, answering, opened_box
from tests.support.sightings import face_of, standing
from tests.support.things import image_operations
from tests.support.visits import staff, text_searches, visit_operations, watchlists

BESIDE = ["request_id", "reply_to", "correlation", "expires_at"]


class Messages:
    """Makes messages out of bytes."""

    def __init__(self, known: Known) -> None:
        self._by_name = known
        self._known = known[""]
        self._names = sorted(_names(schemas()))
        self._asked = {name: one[0].model_json_schema() for name, one in OPERATIONS.items()}

    def message(self, draw: Draw) -> Message:
        """A message to the box under one of its topics."""
        payload, topic = self._addressed(draw)
        user = [("request-id", draw.value(self._known))] if draw.below(2) else []
        return Message(
            topic=topic,
            payload=payload,
            size=len(payload),
            retained=draw.byte() == 1,
            response_topic=draw.value(self._known) if draw.below(2) else None,
            correlation=draw.raw(16) if draw.below(2) else None,
            user=tuple(user),
        )

    def _addressed(self, draw: Draw) -> tuple[bytes, str]:
        if draw.below(8) == 0:
            body = draw.document(["epoch", "seq"], self._known)
            return body, f"{TOPICS.root}/ack/{draw.one_of(['headquarters', 'nobody'])}"
        name = draw.one_of(sorted(OPERATIONS)) if draw.byte() else draw.text()
        topic = f"{TOPICS.root}/cmd/{name}"
        if name in self._asked and draw.byte() % 4:
            return self._shaped(draw, self._asked[name]), topic
        return draw.document([*self._names, *BESIDE], self._known), topic

    def _shaped(self, draw: Draw, schema: Schema) -> bytes:
        asked = shaped(draw, schema, self._by_name)
        if isinstance(asked, dict) and draw.below(4) == 0:
            asked[draw.one_of(BESIDE)] = draw.value(self._known)
        return json.dumps(asked).encode()


def _names(schema: Any) -> set[str]:
    """Every name of a property, however deep."""
    if isinstance(schema, list):
        return set().union(*map(_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own.union(*map(_names, schema.values()))


class MqttDoor:
    """Both subscriptions of the box, without a broker behind them."""

    def __init__(self, box: Box, images: ImageSearch) -> None:
        clock, counters = SystemClock(), Counters()
        self._store = box.store
        self.searches = box.searches()
        self.tasks = RiskTasks(
            box.store,
            Place(tenant="t", store="s"),
            RiskTasksOptions(),
            likenesses=self.searches.likenesses,
            clock=clock,
        )
        broker = Broker(BrokerOptions(client_id="box"), presence=None, counters=counters)
        prints = Fingerprints(box.store, FingerprintOptions(), clock)
        operations = Operations(
            searches=self.searches,
            reads=Queries(box.store),
            cameras=Cameras(
                {camera: Maker(make=_no_camera) for camera in CAMERAS}, box.store, clock
            ),
            tasks=self.tasks,
            visits=visit_operations(box.store, clock),
            staff=StaffOperations(staff(box.store, clock, self.searches.likenesses)),
            fingerprints=FingerprintOperations(Dna(prints, box.store), prints),
            watchlists=WatchListOperations(
                watchlists(box.store, clock, self.searches.likenesses), PlainLinks()
            ),
            texts=TextSearchOperations(
                text_searches(box.store, clock, WORDS), Queries(box.store), PlainLinks()
            ),
            images=image_operations(box.store, images),
            status=self._status,
            links=PlainLinks(),
            audit=AuditLog(box.store, clock),
        )
        self._commands = CommandDoor(
            operations, box.store, broker, TOPICS,
            options=CommandOptions(), clock=clock, counters=counters,
        )  # fmt: skip
        self._sync = Sync(
            box.store, broker, TOPICS, links=PlainLinks(),
            options=SyncOptions(consumers=("headquarters",)), clock=clock, counters=counters,
        )  # fmt: skip
        self._schemas = schemas()

    async def begin(self) -> None:
        """Know the consumers and have something to ask about."""
        await self._sync._name_consumers()
        await self.tasks.create(NewTask(id="case", criteria=RiskCriteria()), asker="fuzz")

    async def judge(self, message: Message) -> None:
        """Hand a message in; a command is acknowledged and answered in its schema."""
        if "/ack/" in message.topic:
            await self._acknowledgements.take([message])
            return
        await self._commands._take(message)
        for reply in await self._answers():
            self._judge_answer(message.topic.rpartition("/")[2], reply)

    @property
    def _acknowledgements(self) -> Acknowledgements:
        return self._sync._acknowledgements

    async def _answers(self) -> list[PendingReply]:
        """Take what waits for the broker."""
        found = await replies_after(self._store, 0, 100)
        if found:
            async with self._store.transaction() as tx:
                await tx.execute("DELETE FROM reply")
        return found

    def _judge_answer(self, operation: str, reply: PendingReply) -> None:
        answer = json.loads(json.dumps(reply.body))
        if "event_id" in answer or "job" in answer:
            return  # the end of a job, which belongs to an earlier message
        name = f"{operation}.answer.json" if answer["ok"] else "refusal.answer.json"
        jsonschema.validate(answer, self._schemas[name])
        assert answer["ok"] or answer["error"]["code"] != "internal", answer

    async def _status(self) -> BoxStatus:
        return BoxStatus(
            tenant="t", store="s", box="b", version="1", now_ms=1, started_ms=0,
            epoch=self._store.epoch, pack=None, cameras=[], counts={}, consumers=[], alarms=[],
        )  # fmt: skip


def _no_camera() -> Camera:
    raise AssertionError("no camera runs here")


async def _known(store: Store) -> Known:
    body = standing(200, y=60, height=300)
    picture = base64.b64encode(paint({7: {Part.BODY: body, Part.FACE: face_of(body)}})).decode()
    thing = base64.b64encode(small_picture(1)).decode()
    anything = [
        picture, "t-face", "case", "door", "till", "face", "body", store.epoch, "headquarters",
        TOPICS.reply("r"), f"{TOPICS.root}/cmd/box.status", "me/answers", "open", "closed", "r1",
        "http://192.0.2.7/a.jpg", "goods", "p0", "front",
    ]  # fmt: skip
    return {
        "": anything,
        "picture": [picture],
        "cameras": ["door", "till"],
        "camera": ["door", "till"],
        "till": ["till"],
        "task": ["case"],
        "tracks": ["t-face"],
        "list": ["banned"],
        "text": ["a man with a backpack at the till", "红色上衣的人昨天下午"],
        "expires_ms": ["4102444800000"],
        "InstanceName": ["goods", "notices"],
        "ProductId": ["p0", "p1"],
        "PicName": ["front"],
        "PicContent": [thing],
        "PrimaryPicContent": [thing],
        "SecondaryPicContent": [thing],
        "Filter": ["int_attr>1", "("],
    }


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Judge]:
    """A door with people and a task behind it."""
    async with opened_box(folder) as box, filled_images(box.store) as images:
        async with box.store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
        await box.remember("t-face", {part: vector_of(part, 7) for part in Part})
        door = MqttDoor(box, images)
        await door.begin()
        messages = Messages(await _known(box.store))
        async with answering(door.searches):

            async def judge(data: bytes) -> None:
                await door.judge(messages.message(Draw(data)))

            yield judge


TARGET = Target("mqtt", opened)
