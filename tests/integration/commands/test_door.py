import asyncio
import base64
import contextlib
import functools
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from edge_agent.audit import AuditLog
from edge_agent.commands.door import CommandDoor, CommandOptions
from edge_agent.commands.fingerprints import FingerprintOperations
from edge_agent.commands.operations import Operations
from edge_agent.commands.ports import Remember
from edge_agent.commands.staff import StaffOperations
from edge_agent.commands.text_search import TextSearchOperations
from edge_agent.commands.watchlists import WatchListOperations
from edge_agent.domain.errors import Busy, NotFound
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion, Reply
from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import WORDS
from edge_agent.fingerprint import Dna, FingerprintOptions, Fingerprints
from edge_agent.queries import Queries
from edge_agent.runtime.counters import Counters
from edge_agent.search import RequestKey, SearchOptions
from edge_agent.storage import Store
from edge_agent.storage.cameras import ensure_cameras, set_enabled
from edge_agent.storage.jobs import finish_job, get_question, insert_job
from edge_agent.storage.outbox import replies_after
from edge_agent.storage.tracks import save_track
from edge_agent.tasks import Place, RiskTasks, RiskTasksOptions
from edge_agent.wire.box_status import BoxStatus
from edge_agent.wire.command import Address
from edge_agent.wire.schemas import schemas
from tests.integration.storage.builders import NOON_MS, a_track
from tests.support.broker import LocalBroker, Peer
from tests.support.clocks import SetClock
from tests.support.mqtt_box import TOPICS, PlainLinks, box_broker, running
from tests.support.painted import PaintedEyes, vector_of
from tests.support.remembering import Box as Memory
from tests.support.things import image_operations
from tests.support.visits import staff, text_searches, visit_operations, watchlists

pytestmark = pytest.mark.broker

ANSWERS = "me/answers"


class RowSearches:
    """Takes searches in as rows, as the real one does, and answers none of them."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self._store = store
        self._clock = clock
        self.questions: list[PictureQuestion] = []
        self.replies: list[Reply | None] = []
        self.full = False
        self.hang = False

    async def create(
        self,
        question: PictureQuestion,
        *,
        asker: str,
        reply: Reply | None = None,
        request: RequestKey | None = None,
        remember_answer: Remember[Job] | None = None,
    ) -> Job:
        assert (request is None) == (remember_answer is None)
        if self.full:
            raise Busy("full")
        if self.hang:
            await asyncio.Event().wait()
        if question.picture == b"bug":
            raise ZeroDivisionError
        job = Job(
            id=new_id(self._clock.now_ms()),
            kind="picture-search",
            state=JobState.INITIALISING,
            progress=0,
            created_ms=self._clock.now_ms(),
            finished_ms=None,
            asker=asker,
            question=question,
            hits=0,
            people=None,
            pack=None,
            error_code=None,
            error_message=None,
        )
        async with self._store.transaction() as tx:
            await insert_job(tx, job, question.picture, reply, question.more_pictures)
            if remember_answer is not None:
                await remember_answer(tx, job)
        self.questions.append(question)
        self.replies.append(reply)
        return job

    async def cancel(self, job_id: str, *, asker: str) -> Job:
        assert asker == "mqtt"
        async with self._store.transaction() as tx:
            await finish_job(tx, job_id, JobState.CANCELLED, at_ms=self._clock.now_ms())
        job = await Queries(self._store).job(job_id)
        if job is None:
            raise NotFound("no such job", field="job")
        return job


class RowCameras:
    """Switches rows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.switched = 0

    async def switch(self, camera: str, *, on: bool, asker: str) -> None:
        assert asker == "mqtt"
        self.switched += 1
        async with self._store.transaction() as tx:
            await set_enabled(tx, camera, enabled=on)


class Box:
    """A door over a real store and a real broker, and a client of it."""

    operations: Operations

    def __init__(self, store: Store, clock: SetClock, counters: Counters, peer: Peer) -> None:
        self.store = store
        self.clock = clock
        self.counters = counters
        self.peer = peer
        self.searches = RowSearches(store, clock)
        self.cameras = RowCameras(store)
        place = Place(tenant="acme", store="shop-7")
        self.memory = Memory(store, PaintedEyes(), SearchOptions())
        self.tasks = RiskTasks(
            store,
            place,
            RiskTasksOptions(),
            likenesses=self.memory.searches().likenesses,
            clock=clock,
        )

    async def status(self) -> BoxStatus:
        return BoxStatus(
            tenant="t",
            store="s",
            box="b",
            version="1",
            now_ms=self.clock.now_ms(),
            started_ms=0,
            epoch=self.store.epoch,
            pack=None,
            cameras=[],
            counts={},
            consumers=[],
            alarms=[],
        )

    async def send(
        self, operation: str, body: Any, request_id: str | None = None, **properties: Any
    ) -> None:
        given: dict[str, Any] = {"ResponseTopic": ANSWERS, "CorrelationData": b"c", **properties}
        if request_id is not None:
            given["UserProperty"] = [("request-id", request_id)]
        await self.peer.publish(f"{TOPICS.root}/cmd/{operation}", body, **given)

    async def ask(
        self, operation: str, body: Any, request_id: str | None = None, **properties: Any
    ) -> dict[str, Any]:
        await self.send(operation, body, request_id, **properties)
        message = await self.peer.get()
        assert vars(message.properties)["CorrelationData"] == b"c"
        answer: dict[str, Any] = json.loads(message.payload)
        name = f"{operation}.answer.json" if answer["ok"] else "refusal.answer.json"
        jsonschema.validate(answer, _schemas()[name])
        return answer


_schemas = functools.cache(schemas)  # making them all takes half a second


def watchlist_operations(here: Box) -> WatchListOperations:
    likenesses = here.memory.searches().likenesses
    return WatchListOperations(watchlists(here.store, here.clock, likenesses), PlainLinks())


def fingerprint_operations(store: Store, clock: SetClock) -> FingerprintOperations:
    service = Fingerprints(store, FingerprintOptions(), clock)
    return FingerprintOperations(Dna(service, store), service)


@contextlib.asynccontextmanager
async def box(
    broker: LocalBroker, folder: Path, options: CommandOptions | None = None, **line_options: Any
) -> AsyncIterator[Box]:
    clock, counters = SetClock(), Counters()
    async with await Store.open(folder, clock=clock) as store, Peer(broker) as peer:
        async with store.transaction() as tx:
            await ensure_cameras(tx, ["door", "till"])
        line = box_broker(broker, counters, **line_options)
        here = Box(store, clock, counters, peer)
        operations = Operations(
            searches=here.searches,
            reads=Queries(store),
            cameras=here.cameras,
            tasks=here.tasks,
            visits=visit_operations(store, clock),
            staff=StaffOperations(staff(store, clock, here.memory.searches().likenesses)),
            fingerprints=fingerprint_operations(store, clock),
            watchlists=watchlist_operations(here),
            texts=TextSearchOperations(
                text_searches(store, clock, WORDS), Queries(store), PlainLinks()
            ),
            images=image_operations(store),
            status=here.status,
            links=PlainLinks(),
            audit=AuditLog(store, clock),
        )
        door = CommandDoor(
            operations,
            store,
            line,
            TOPICS,
            options=options or CommandOptions(),
            clock=clock,
            counters=counters,
        )
        here.operations = operations
        async with running(line.run(), door.run()):
            await line.connection_after(0)
            await peer.subscribe(ANSWERS)
            await peer.subscribe(TOPICS.reply("+"))
            yield here


PICTURE = {"picture": base64.b64encode(b"picture").decode()}


async def test_every_operation_answers_in_its_schema(broker: LocalBroker, tmp_path: Path) -> None:
    async with box(broker, tmp_path / "s") as here:
        created = await here.ask("picture-search.create", PICTURE, "r1")
        assert created["request_id"] == "r1"
        job = created["data"]["id"]
        assert (await here.ask("picture-search.get", {"job": job}))["data"]["hits"] == []
        assert (await here.ask("picture-search.list", {}))["data"]["jobs"][0]["id"] == job
        cancelled = await here.ask("picture-search.cancel", {"job": job})
        assert cancelled["data"]["state"] == "cancelled"
        assert (await here.ask("track.query", {}))["data"] == {"tracks": [], "next": None}
        said = await here.ask("text-search", {"text": "穿红色上衣的人 quux"}, "r3")
        assert [words["text"] for words in said["data"]["unknown"]] == ["quux"]
        assert await here.ask("text-search", {"text": "穿红色上衣的人 quux"}, "r3") == said
        assert (await here.ask("text-search", {"text": ""}))["error"]["field"] == "text"
        cameras = await here.ask("camera.list", b"")
        assert [each["id"] for each in cameras["data"]["cameras"]] == ["door", "till"]
        assert (await here.ask("camera.disable", {"camera": "till"}))["data"]["enabled"] is False
        assert (await here.ask("camera.enable", {"camera": "till"}))["data"]["enabled"] is True
        assert (await here.ask("box.status", {}))["data"]["box"] == "b"
        begun = await here.ask("risk-task.create", {"id": "case", "criteria": {}}, "r2")
        assert begun["data"]["track_count"] == 0
        again = await here.ask("risk-task.create", {"id": "case", "criteria": {}}, "r2")
        assert again == begun
        assert (await here.ask("risk-task.get", {"id": "case"}))["data"]["tracks"] == []
        closed = await here.ask("risk-task.change", {"id": "case", "state": "closed"})
        assert closed["data"]["state"] == "closed"
        listed = await here.ask("risk-task.list", {"state": "closed"})
        assert listed["data"]["tasks"] == [closed["data"]]
        assert (await here.ask("risk-task.get", {"id": "case", "tenant": "x"}))["ok"] is False
        deleted = await here.ask("risk-task.delete", {"id": "case"})
        assert deleted["data"] == closed["data"]
        assert (await here.ask("risk-task.list", {}))["data"]["tasks"] == []
        unknown = await here.ask("box.dance", {})
        assert unknown["error"]["code"] == "not_found"
        assert "box.status" in unknown["error"]["message"]


async def test_hits_and_tracks_come_with_links_and_in_pages(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        now = here.clock.now_ms()
        tracks = [new_id(now + number) for number in range(3)]
        async with here.store.transaction() as tx:
            for number, name in enumerate(tracks):
                face = Shot(part=Part.FACE, picture=new_id(now), at_ms=now, quality=0.5)
                await save_track(
                    tx,
                    Track(
                        id=name,
                        camera="door",
                        start_ms=now + number,
                        end_ms=now + 10,
                        state=TrackState.ENDED,
                        face=face,
                        body=None,
                        fragment=None,
                    ),
                )
        job = (await here.ask("picture-search.create", {"track": tracks[0]}))["data"]["id"]
        wrong = {"track": tracks[0], "not_tracks": tracks[1:]}
        narrower = (await here.ask("picture-search.create", wrong))["data"]["id"]
        several = [PICTURE["picture"], base64.b64encode(b"another").decode()]
        together = (await here.ask("picture-search.create", {"pictures": several}))["data"]["id"]
        one, other = [await get_question(here.store, asked) for asked in (narrower, together)]
        assert one is not None
        assert one.not_tracks == {*tracks[1:]}
        assert other is not None
        assert (other.picture, other.more_pictures) == (b"picture", (b"another",))
        both = frozenset(Part)
        hits = [
            Hit(
                rank=rank,
                track=name,
                score=0.9,
                face_score=0.9,
                body_score=0.5,
                matched=both,
                person=0,
                probability=0.75,
            )
            for rank, name in enumerate(tracks, 1)
        ]
        async with here.store.transaction() as tx:
            await finish_job(
                tx, job, JobState.SUCCEEDED, at_ms=now, hits=hits, people=1, compared=1200
            )
        page = (await here.ask("picture-search.get", {"job": job, "limit": 2}))["data"]
        assert [hit["track"] for hit in page["hits"]] == tracks[:2]
        assert page["hits"][0]["matched"] == ["face", "body"]
        assert page["hits"][0]["probability"] == 0.75
        assert page["compared"] == 1200
        assert page["hits"][0]["face"]["url"].startswith("/media/pictures/")
        assert page["next"] == 2
        rest = await here.ask("picture-search.get", {"job": job, "limit": 2, "after": 2})
        assert [hit["track"] for hit in rest["data"]["hits"]] == tracks[2:]
        assert rest["data"]["next"] is None
        alone = await here.ask("picture-search.get", {"job": job, "limit": 0})
        assert (alone["data"]["hit_count"], alone["data"]["hits"]) == (3, [])
        newest = (await here.ask("track.query", {"limit": 2, "cameras": ["door"]}))["data"]
        assert [track["id"] for track in newest["tracks"]] == tracks[:0:-1]
        rest = await here.ask("track.query", {"limit": 2, "after": newest["next"]})
        assert [track["id"] for track in rest["data"]["tracks"]] == tracks[:1]


@pytest.mark.parametrize(
    ("operation", "body", "code", "field"),
    [
        ("picture-search.create", b"not json", "bad_request", None),
        ("picture-search.create", b"[1, 2]", "bad_request", None),
        ("picture-search.create", b"\xff\x00", "bad_request", None),
        ("picture-search.create", {}, "bad_request", "picture"),
        ("picture-search.create", {**PICTURE, "size": 5}, "bad_request", "size"),
        ("picture-search.create", {"picture": "?"}, "bad_request", "picture"),
        ("picture-search.create", {"pictures": ["YQ=="]}, "bad_request", "pictures"),
        ("picture-search.create", {"pictures": ["YQ=="] * 9}, "bad_request", "pictures"),
        ("picture-search.create", {**PICTURE, "pictures": ["YQ=="] * 2}, "bad_request", "pictures"),
        ("picture-search.create", {"picture": "A" * 5_700_000}, "too_large", "picture"),
        (
            "picture-search.create",
            {**PICTURE, "start_ms": 9, "end_ms": 1},
            "bad_request",
            "end_ms",
        ),
        ("picture-search.get", {"job": "0" * 32}, "not_found", "job"),
        ("picture-search.get", {"job": 5}, "bad_request", "job"),
        ("picture-search.list", {"after": "nowhere"}, "bad_request", "after"),
        ("picture-search.cancel", {"job": "0" * 32}, "not_found", "job"),
        ("track.query", {"cameras": ["cellar"]}, "not_found", "cameras"),
        ("camera.enable", {"camera": "cellar"}, "not_found", "camera"),
        ("camera.enable", {"camera": "a/b"}, "bad_request", "camera"),
        ("camera.list", {"all": True}, "bad_request", "all"),
        ("box.status", {"request_id": "a b"}, "bad_request", "request_id"),
        ("box.status", {"expires_at": 1}, "expired", "expires_at"),
    ],
)
async def test_bad_input_is_refused_with_a_code(
    shared_broker: LocalBroker,
    tmp_path: Path,
    *,
    operation: str,
    body: Any,
    code: str,
    field: str | None,
) -> None:
    async with box(shared_broker, tmp_path / "s") as here:
        answer = await here.ask(operation, body)
        assert answer["error"]["code"] == code
        assert answer["error"].get("field") == field
        assert (await here.ask("box.status", {}))["ok"]


async def test_a_message_over_the_limit_is_refused_and_the_box_lives(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        # Peer's paho copies what is left with every write; the size is what matters here.
        await here.send("picture-search.create", b"[" * (7 * 1024 * 1024))
        answer = await here.peer.get_json()
        assert answer["error"]["code"] == "too_large"
        assert (await here.ask("box.status", {}))["ok"]


async def test_a_repeat_returns_the_first_answer_and_starts_nothing(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        first = await here.ask("picture-search.create", PICTURE, "r1")
        here.clock.pass_by(3600)
        assert await here.ask("picture-search.create", PICTURE, "r1") == first
        assert len(here.searches.questions) == 1
        other = await here.ask("picture-search.create", {**PICTURE, "limit": 1}, "r1")
        assert (other["error"]["code"], other["error"]["field"]) == ("bad_request", "request_id")
        elsewhere = await here.ask("camera.enable", {"camera": "door"}, "r1")
        assert elsewhere["error"]["field"] == "request_id"

        disabled = await here.ask("camera.disable", {"camera": "door"}, "r2")
        await here.ask("camera.enable", {"camera": "door"}, "r3")
        assert await here.ask("camera.disable", {"camera": "door"}, "r2") == disabled
        assert here.cameras.switched == 2
        # A repeat after its own expiry still gets the answer: it was run in time.
        late = {"camera": "door", "expires_at": here.clock.now_ms() + 10}
        done = await here.ask("camera.enable", late, "r4")
        here.clock.pass_by(60)
        assert await here.ask("camera.enable", late, "r4") == done


async def test_refusals_are_not_remembered(broker: LocalBroker, tmp_path: Path) -> None:
    async with box(broker, tmp_path / "s") as here:
        here.searches.full = True
        assert (await here.ask("picture-search.create", PICTURE, "r"))["error"]["code"] == "busy"
        here.searches.full = False
        assert (await here.ask("picture-search.create", PICTURE, "r"))["ok"]


async def test_a_retained_request_is_refused_at_every_start(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with Peer(broker) as before:
        await before.publish(
            f"{TOPICS.root}/cmd/camera.disable",
            {"camera": "door", "request_id": "r"},
            retain=True,
        )
        await before.subscribe(TOPICS.reply("r"))
        async with box(broker, tmp_path / "s") as here:
            answer = await before.get_json()
            assert answer["error"]["code"] == "retained"
            assert here.cameras.switched == 0


async def test_an_old_client_names_everything_in_the_body(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with (
        box(broker, tmp_path / "s", protocol="3.1.1") as here,
        Peer(broker, protocol="3.1.1") as old,
    ):
        await old.subscribe("old/answers")
        body = {**PICTURE, "request_id": "r9", "reply_to": "old/answers", "correlation": "k"}
        await old.publish(f"{TOPICS.root}/cmd/picture-search.create", body)
        answer = await old.get_json()
        assert (answer["ok"], answer["request_id"], answer["correlation"]) == (True, "r9", "k")
        assert here.searches.replies == [Reply(topic="old/answers", correlation=b"k")]

        await old.subscribe(TOPICS.reply("r10"))
        await old.publish(f"{TOPICS.root}/cmd/box.status", {"request_id": "r10"})
        assert (await old.get_json())["data"]["box"] == "b"


async def test_answers_do_not_go_to_the_boxs_own_topics(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        await here.send("box.status", {}, "r5", ResponseTopic=f"{TOPICS.root}/cmd/camera.disable")
        answer = await here.peer.get_json()
        assert (answer["error"]["code"], answer["error"]["field"]) == ("bad_request", "reply_to")
        assert here.cameras.switched == 0


async def test_one_without_any_address_is_run_and_counted(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        await here.peer.publish(f"{TOPICS.root}/cmd/camera.disable", {"camera": "door"})
        answer = await here.ask("camera.list", {})
        assert answer["data"]["cameras"][0]["enabled"] is False
        assert 'unanswered_total{why="no address"} 1' in here.counters.render()


async def test_what_takes_too_long_is_given_up(broker: LocalBroker, tmp_path: Path) -> None:
    async with box(broker, tmp_path / "s", CommandOptions(deadline=0.1)) as here:
        here.searches.hang = True
        answer = await here.ask("picture-search.create", PICTURE, "r")
        assert answer["error"]["code"] == "unavailable"


async def test_a_bug_ends_the_door_but_its_message_does_not_come_again(
    broker: LocalBroker, tmp_path: Path
) -> None:
    bug = {"picture": base64.b64encode(b"bug").decode()}
    with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
        async with box(broker, tmp_path / "s") as here:
            answer = await here.ask("picture-search.create", bug, "r")
            assert answer["error"]["code"] == "internal"
            await asyncio.Event().wait()
    async with box(broker, tmp_path / "s") as here:
        assert (await here.ask("box.status", {}))["ok"]
        assert here.searches.questions == []


async def test_an_answer_that_meets_a_broken_line_is_kept(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        line = box_broker(broker, Counters())
        door = CommandDoor(
            Operations(
                searches=here.searches,
                reads=Queries(here.store),
                cameras=here.cameras,
                tasks=here.tasks,
                visits=visit_operations(here.store, here.clock),
                staff=StaffOperations(
                    staff(here.store, here.clock, here.memory.searches().likenesses)
                ),
                fingerprints=fingerprint_operations(here.store, here.clock),
                watchlists=watchlist_operations(here),
                texts=TextSearchOperations(
                    text_searches(here.store, here.clock, WORDS), Queries(here.store), PlainLinks()
                ),
                images=image_operations(here.store),
                status=here.status,
                links=PlainLinks(),
                audit=AuditLog(here.store, here.clock),
            ),
            here.store,
            line,
            replace(TOPICS, box="other"),
            options=CommandOptions(),
            clock=here.clock,
            counters=here.counters,
        )
        await door.send(Address(topic="me", correlation=b"c", request_id="r"), {"ok": True})
        kept = await replies_after(here.store, 0, 10)
        assert [(one.reply.topic, one.body) for one in kept] == [("me", {"ok": True})]


async def test_an_order_is_tied_to_who_stood_at_its_till_and_answers_the_same_again(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        track = a_track(camera="till")
        async with here.store.transaction() as tx:
            await save_track(tx, track)
        put = {"id": "R-1", "till": "till", "at_ms": NOON_MS, "amount": "12.50"}
        first = await here.ask("order.put", put)
        assert first["data"] == {**put, "tracks": [track.id]}
        again = await here.ask("order.put", put)
        assert again["data"] == first["data"]
        other = await here.ask("order.put", {**put, "amount": "13"})
        assert (other["error"]["code"], other["error"]["field"]) == ("bad_request", "id")
        nowhere = await here.ask("order.put", {**put, "till": "roof"})
        assert (nowhere["error"]["code"], nowhere["error"]["field"]) == ("not_found", "till")
        assert (await here.ask("order.get", {"id": "R-1"}))["data"] == first["data"]
        page = await here.ask("track.query", {"order": "R-1"})
        assert [each["id"] for each in page["data"]["tracks"]] == [track.id]
        assert page["data"]["tracks"][0]["order_ids"] == ["R-1"]
        assert (await here.ask("track.query", {"order": "R-2"}))["data"]["tracks"] == []


async def test_staff_is_left_out_until_it_is_off_the_list(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        clerk, customer = new_id(NOON_MS), new_id(NOON_MS + 1)
        for who, track in enumerate((clerk, customer), start=1):
            await here.memory.remember(track, {Part.FACE: vector_of(Part.FACE, who)})
        made = await here.ask("staff.create", {"id": "clerk-1", "name": "Li", "tracks": [clerk]})
        assert made["data"]["track_count"] == 1
        (listed,) = (await here.ask("staff.list", {}))["data"]["staff"]
        assert (listed["id"], listed["faces"], listed["usable_faces"]) == ("clerk-1", 1, 1)

        async def shown(**wanted: Any) -> list[str]:
            page = await here.ask("track.query", wanted)
            return [track["id"] for track in page["data"]["tracks"]]

        assert await shown() == [customer]
        assert set(await shown(include_staff=True)) == {clerk, customer}
        not_clerk = {"id": "clerk-1", "not_tracks": [clerk]}
        assert (await here.ask("staff.change", not_clerk))["data"]["track_count"] == 0
        assert set(await shown()) == {clerk, customer}
        nobody = await here.ask("staff.change", {**not_clerk, "id": "clerk-2"})
        assert (nobody["error"]["code"], nobody["error"]["field"]) == ("not_found", "id")
        assert (await here.ask("staff.delete", {"id": "clerk-1"}))["ok"]
        assert (await here.ask("staff.list", {}))["data"] == {"staff": []}


async def test_who_looks_at_whom_over_mqtt_is_logged_as_over_http(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        job = (await here.ask("picture-search.create", PICTURE))["data"]
        for _ in range(2):
            await here.ask("picture-search.get", {"job": job["id"]})
        await here.ask("track.query", {"cameras": ["door"]})
        await here.ask("track.query", {"place": "till", "limit": 2})
        rows = await here.store.rows("SELECT who, action, detail FROM audit ORDER BY seq")
        looked = [
            (row["who"], row["action"], json.loads(row["detail"]))
            for row in rows
            if row["action"].endswith((".view", "track.search"))
        ]
        assert looked == [
            ("mqtt", "picture-search.view", {"job": job["id"]}),
            ("mqtt", "track.search", {"place": "till"}),
        ]


async def test_a_watch_list_is_made_filled_read_and_deleted(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        track = new_id(NOON_MS)
        await here.memory.remember(track, {Part.FACE: vector_of(Part.FACE, 1)})
        wanted = {
            "id": "banned",
            "name": "Banned",
            "owner": "security desk",
            "reason": "theft",
            "expires_ms": here.clock.now_ms() + 86_400_000,
        }
        made = await here.ask("watchlist.create", wanted)
        assert (made["data"]["id"], made["data"]["entry_count"]) == ("banned", 0)
        taken = await here.ask("watchlist.create", wanted)
        assert (taken["error"]["code"], taken["error"]["field"]) == ("bad_request", "id")
        entry = {"list": "banned", "id": "p-1", "name": "X", "tracks": [track]}
        added = await here.ask("watchlist.entry.create", entry)
        assert (added["data"]["faces"], added["data"]["usable_faces"]) == (1, 1)
        renamed = {"list": "banned", "entry": "p-1", "name": "Y"}
        assert (await here.ask("watchlist.entry.change", renamed))["data"]["name"] == "Y"
        later = wanted["expires_ms"] + 1000  # type: ignore[operator]
        changed = await here.ask("watchlist.change", {"list": "banned", "expires_ms": later})
        assert changed["data"]["expires_ms"] == later
        read = (await here.ask("watchlist.get", {"list": "banned"}))["data"]
        assert (read["owner"], [one["id"] for one in read["entries"]]) == ("security desk", ["p-1"])
        none = (await here.ask("watchlist.hits", {"list": "banned"}))["data"]
        assert none == {"hits": [], "next": None}
        gone = await here.ask("watchlist.entry.delete", {"list": "banned", "entry": "p-1"})
        assert gone["data"]["id"] == "p-1"
        nobody = await here.ask("watchlist.entry.delete", {"list": "banned", "entry": "p-1"})
        assert (nobody["error"]["code"], nobody["error"]["field"]) == ("not_found", "entry")
        assert (await here.ask("watchlist.delete", {"list": "banned"}))["ok"]
        assert (await here.ask("watchlist.list", {}))["data"] == {"watchlists": []}
        missing = await here.ask("watchlist.get", {"list": "banned"})
        assert (missing["error"]["code"], missing["error"]["field"]) == ("not_found", "list")


async def test_fingerprints_are_asked_in_the_words_of_the_dna_api(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        made = await here.ask("fingerprint.library.create", {"Name": "notices", "ModelId": 11})
        library = made["data"]["FpShotDB"]["FpDBId"]
        listed = (await here.ask("fingerprint.library.list", {}))["data"]["FpShotDBList"]
        assert [each["FpDBId"] for each in listed["FpShotDB"]] == [library]
        config = {"PrimaryKey": "k", "SaveType": "save", "FpDBId": library}
        wanted = {"Input": '{"MediaId": "x"}', "FpShotConfig": json.dumps(config)}
        job = (await here.ask("fingerprint.submit", wanted))["data"]["JobId"]
        got = (await here.ask("fingerprint.get", {"JobIds": job}))["data"]
        (shown,) = got["FpShotJobList"]["FpShotJob"]
        assert (shown["Id"], shown["State"], shown["FpShotConfig"]) == (job, "Queuing", config)
        waiting = (await here.ask("fingerprint.list", {"State": "Queuing"}))["data"]
        assert waiting["FpShotJobList"] == got["FpShotJobList"]
        for fault, field in (
            ({**wanted, "FpShotConfig": "{}"}, "PrimaryKey"),
            ({**wanted, "Input": ""}, "Input"),
            ({"Input": "x"}, "FpShotConfig"),
        ):
            refused = await here.ask("fingerprint.submit", fault)
            assert (refused["error"]["code"], refused["error"]["field"]) == ("bad_request", field)
        for _ in range(2):  # the second finds it ended
            ended = (await here.ask("fingerprint.cancel", {"JobId": job}))["data"]
            assert ended == {"JobId": job, "State": "Fail", "Code": "Cancelled"}
        missing = await here.ask("fingerprint.cancel", {"JobId": library})
        assert (missing["error"]["code"], missing["error"]["field"]) == ("not_found", "job")
        gone = await here.ask("fingerprint.library.delete", {"FpDBId": library})
        assert gone["data"]["JobId"]
