"""A real store with people in it, and the door in front of it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
from fastapi import FastAPI

from edge_agent.accounts import Logins, Users
from edge_agent.accounts.passwords import Passwords
from edge_agent.audit import AuditLog
from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Hit, JobState
from edge_agent.domain.track import Fragment, FragmentState, Shot, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.evidence import ExportKey, Exports, Origin
from edge_agent.fingerprint import FingerprintOptions, FingerprintReads, Fingerprints
from edge_agent.images import ImageAnswers
from edge_agent.index import VectorIndex
from edge_agent.keys import Sealing
from edge_agent.media import PictureLimits, check_picture, decode_picture
from edge_agent.playback import Playback, PlaybackOptions
from edge_agent.queries import Queries
from edge_agent.rest_api.app import make_app
from edge_agent.rest_api.certificate import ServerCertificate
from edge_agent.rest_api.options import HttpOptions
from edge_agent.rest_api.parts import RestParts
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.search import PictureSearches, SearchOptions
from edge_agent.storage import Store
from edge_agent.storage.cameras import ensure_cameras, set_camera_state
from edge_agent.storage.jobs import finish_job
from edge_agent.storage.tracks import (
    PictureRow,
    add_picture,
    link_fragment,
    save_fragment,
    save_track,
)
from edge_agent.tasks import Place, RiskTasks, RiskTasksOptions
from edge_agent.upkeep import Erasure
from edge_agent.vision import PackInfo
from edge_agent.webhooks import Webhooks
from edge_agent.wire.attributes import askable
from edge_agent.wire.box_status import BoxStatus, Camera, Pack
from edge_agent.wire.links import LinkSigner
from tests.support.https import local_certificate
from tests.support.things import idle_images
from tests.support.visits import orders, sessions, staff, text_searches, watchlists

TOKEN = "token-of-this-test"
METRICS_KEY = "metrics-key-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
TOLD = ("backpack", "upper")
"""What the pack tells of people."""

PACK = Pack(
    name="open",
    licence="Apache-2.0",
    face_model="open/face@00000000",
    body_model="open/body@00000000",
    face_threshold=0.45,
    body_threshold=0.6,
    attributes=askable(TOLD),
)


def a_picture(number: int, height: int, width: int) -> Image:
    """A coloured figure on a coloured ground, another one for each number."""
    hue = number * 47 % 180
    picture = np.full((height, width, 3), (hue, 60, 200), np.uint8)
    cv2.circle(picture, (width // 2, height // 4), width // 5, (hue, 120, 90), -1)
    cv2.ellipse(
        picture, (width // 2, height), (width // 3, height // 2), 0, 180, 360, (hue, 200, 120), -1
    )
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_HSV2BGR), np.uint8)


def a_jpeg(number: int, height: int = 256, width: int = 128) -> bytes:
    return cv2.imencode(".jpg", a_picture(number, height, width))[1].tobytes()


def write_clip(path: Path, seconds: int = 4, rate: int = 10) -> None:
    """Write an H.264 clip of moving figures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(seconds * rate):
            frame = av.VideoFrame.from_ndarray(a_picture(number, 240, 320), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@dataclass
class Health:
    """What a test says about the daemon."""

    stuck: Sequence[str] = ()
    missing: Sequence[str] = ()

    def alive(self) -> Sequence[str]:
        return self.stuck

    def ready(self) -> Sequence[str]:
        return self.missing


class UploadedPictures:
    """Reads uploaded pictures as the daemon does; nothing is fetched in these tests."""

    def size(self, data: bytes) -> tuple[int, int]:
        header = check_picture(data, PictureLimits())
        return header.width, header.height

    async def decode(self, data: bytes) -> Image:
        return await asyncio.to_thread(decode_picture, data)

    def check_address(self, url: str) -> None:
        raise Refused(f"{url} is not fetched in this test", field="url")

    async def fetch(self, url: str) -> bytes:
        raise Refused(f"{url} is not fetched in this test", field="url")


class ClosedEyes:
    """Has a name and thresholds; questions are taken in here and answered by the test."""

    info = PackInfo(
        name="open",
        licence="Apache-2.0",
        notes=(),
        face_model="open/face@00000000",
        body_model="open/body@00000000",
        face_dim=4,
        body_dim=4,
        face_threshold=0.45,
        body_threshold=0.6,
        face_pair_threshold=0.4,
    )

    async def detect_query(self, image: Image) -> Seen:
        raise Unavailable(f"nobody looks at {image.shape}")

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        raise Unavailable(f"nobody looks at {image.shape} {landmarks.shape}")

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        raise Unavailable(f"nobody looks at {image.shape} {xyxy.shape}")


def make_searches(store: Store, thread: OneThread, clock: SystemClock) -> PictureSearches:
    return PictureSearches(
        store=store,
        index=VectorIndex(),
        index_thread=thread,
        index_complete=asyncio.Event(),
        eyes=ClosedEyes(),
        pictures=UploadedPictures(),
        cameras=["door", "till"],
        options=SearchOptions(most_unfinished=4),
        clock=clock,
        counters=Counters(),
    )


async def finish_with(store: Store, job_id: str, tracks: Sequence[str]) -> None:
    """Finish a job with these tracks, each a little less alike than the one before."""
    hits = [
        Hit(
            rank=rank,
            track=track,
            score=0.93 - 0.06 * rank,
            face_score=0.81 - 0.07 * rank if rank % 3 else None,
            body_score=0.88 - 0.05 * rank,
            matched=frozenset(Part if rank % 3 else [Part.BODY]),
            person=0,
        )
        for rank, track in enumerate(tracks, 1)
    ]
    state = JobState.SUCCEEDED if hits else JobState.NO_DATA
    at_ms = SystemClock().now_ms()
    async with store.transaction() as tx:
        await finish_job(tx, job_id, state, at_ms=at_ms, hits=hits, people=1, pack="open")


@dataclass
class House:
    """Everything a test of the door touches."""

    store: Store
    app: FastAPI
    parts: RestParts
    options: HttpOptions
    health: Health
    certificate: ServerCertificate
    tracks: list[str] = field(default_factory=list)
    fragment: str = ""


async def keep_picture(store: Store, track: str, part: Part, at_ms: int, jpeg: bytes) -> Shot:
    """Keep a picture as the pipeline does: the file first, then its row."""
    picture = new_id(at_ms)
    await store.pictures.write([(picture, jpeg)])
    async with store.transaction() as tx:
        await add_picture(
            tx,
            PictureRow(
                id=picture,
                track=track,
                part=part,
                at_ms=at_ms,
                width=128,
                height=256,
                size=len(jpeg),
                sha256=hashlib.sha256(jpeg).hexdigest(),
            ),
        )
    return Shot(part=part, picture=picture, at_ms=at_ms, quality=0.8)


async def remember_track(
    house: House, camera: str, start_ms: int, *, face: bytes | None, body: bytes | None
) -> str:
    """Remember one person of 12 s; the newest ones are still in view."""
    track_id = new_id(start_ms)
    store = house.store
    shots = {
        part: await keep_picture(store, track_id, part, start_ms + 2000, jpeg)
        for part, jpeg in ((Part.FACE, face), (Part.BODY, body))
        if jpeg is not None
    }
    async with store.transaction() as tx:
        await save_track(
            tx,
            Track(
                id=track_id,
                camera=camera,
                start_ms=start_ms,
                end_ms=start_ms + 12_000,
                state=TrackState.ENDED,
                face=shots.get(Part.FACE),
                body=shots.get(Part.BODY),
                fragment=house.fragment or None,
            ),
        )
        if house.fragment:
            await link_fragment(tx, track_id, house.fragment)
    house.tracks.append(track_id)
    return track_id


async def remember_clip(house: House, path: Path, start_ms: int) -> str:
    """Remember a clip that lies in the clips folder."""
    fragment_id = new_id(start_ms)
    size = len(await asyncio.to_thread(path.read_bytes))
    async with house.store.transaction() as tx:
        await save_fragment(
            tx,
            Fragment(
                id=fragment_id,
                camera="door",
                start_ms=start_ms,
                end_ms=start_ms + 4000,
                state=FragmentState.CLOSED,
                path=path.name,
                size=size,
                codec="h264",
            ),
        )
    house.fragment = fragment_id
    return fragment_id


@asynccontextmanager
async def open_house(folder: Path, **tuned: float | str) -> AsyncIterator[House]:
    """Open a store with two cameras and put the door in front of it."""
    clock = SystemClock()
    async with await Store.open(folder, clock=clock) as store:
        async with store.transaction() as tx:
            await ensure_cameras(tx, ["door", "till"])
            await set_camera_state(tx, "door", "up", clock.now_ms(), "")
            await set_camera_state(tx, "till", "down", clock.now_ms(), "no route to host")
        thread = OneThread("index")
        try:
            yield make_house(store, thread, clock, **tuned)
        finally:
            thread.close()


def make_house(
    store: Store,
    thread: OneThread,
    clock: SystemClock,
    **tuned: float | str,
) -> House:
    """Build the door on an open store."""
    queries, health = Queries(store, TOLD), Health()
    certificate = local_certificate(store.folder / "tls")

    async def query_picture(job_id: str) -> bytes | None:
        rows = await store.rows("SELECT picture FROM job WHERE id = ?", (job_id,))
        return rows[0]["picture"] if rows else None

    async def status() -> BoxStatus:
        counts = await queries.counts()
        rows = await queries.cameras()
        return BoxStatus(
            tenant="acme",
            store="harbour",
            box="box-1",
            version="0.1.0",
            now_ms=clock.now_ms(),
            started_ms=0,
            epoch=store.epoch,
            pack=PACK,
            cameras=[Camera.model_validate(row, from_attributes=True) for row in rows],
            counts={"tracks": counts.tracks},
            consumers=[],
            alarms=[],
        )

    searches, passwords = make_searches(store, thread, clock), Passwords()
    playback = Playback(
        store,
        {"hall": (((0, 0), (1, 0), (1, 1)),)},
        PlaybackOptions(patience_s=float(tuned.pop("patience_s", 20.0))),
        room=lambda: True,
        clock=clock,
        counters=Counters(),
    )
    image_search = idle_images(store)
    parts = RestParts(
        fingerprints=Fingerprints(store, FingerprintOptions(), clock),
        fingerprint_reads=FingerprintReads(store),
        images=ImageAnswers(image_search, "box-1"),
        image_tasks=image_search.tasks.file,
        item_pictures=store.images,
        searches=searches,
        tasks=RiskTasks(
            store,
            Place(tenant="acme", store="harbour"),
            RiskTasksOptions(),
            likenesses=searches.likenesses,
            clock=clock,
        ),
        orders=orders(store, clock),
        sessions=sessions(store, clock),
        audit=AuditLog(store, clock),
        exports=Exports(
            store,
            playback,
            lambda: ExportKey.load_or_make(store.folder / "secrets" / "export-key"),
            Origin(
                tenant="acme",
                store="harbour",
                box="box-1",
                version="0.1.0",
                timezone="Asia/Shanghai",
            ),
            clock,
        ),
        erasure=Erasure(store, VectorIndex(), thread, clock),
        webhooks=Webhooks(
            store,
            (),
            LinkSigner(b"key of this test", clock),
            seals=Sealing("box key of this test"),
            live_within=60,
            clock=clock,
            counters=Counters(),
        ),
        users=Users(store, clock, passwords),
        logins=Logins(store, passwords, token=TOKEN, clock=clock),
        timezone="Asia/Shanghai",
        staff=staff(store, clock, searches.likenesses),
        watchlists=watchlists(store, clock, searches.likenesses),
        text_searches=text_searches(store, clock, TOLD),
        queries=queries,
        query_picture=query_picture,
        status=status,
        health=health,
        pictures=store.pictures,
        clips=store.clips,
        playback=playback,
        links=LinkSigner(b"key of this test", clock),
        knows=certificate.knows,
        clock=clock,
        counters=Counters(),
        version="0.1.0",
    )
    options = HttpOptions(token=TOKEN, metrics_key=METRICS_KEY, port=0, **tuned)  # type: ignore[arg-type]
    return House(store, make_app(parts, options), parts, options, health, certificate)
