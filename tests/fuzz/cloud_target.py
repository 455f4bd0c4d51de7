"""The door for cloud clients: signed requests with anything in them, and unsigned ones."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from edge_agent.cloud_api.door import CloudDoor
from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import Rate
from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.domain.vector import Part
from edge_agent.images import ImageSearch
from edge_agent.outbound import FetchLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.answers import CloudAnswer
from edge_agent.wire.cloud.received import Received
from tests.fuzz.cloud_requests import CloudRequests
from tests.fuzz.draw import Draw
from tests.fuzz.filled import filled_images, filled_library, nowhere_else, small_picture
from tests.fuzz.target import Judge, Target
from tests.support.cloud_box import KEY, make_door, picture_host
from tests.support.painted import vector_of
from tests.support.remembering import CAMERAS, Box, answering, opened_box
from tests.support.sightings import face_of, standing

ANY = ["case", "door", "till", "acme", "harbour", "a" * 32, "1", "50", "0.5", "9999999999999"]
FILTERS = ["int_attr>1", 'str_attr="x" AND int_attr2 IN (1,2)', "(", "int_attr=1 OR int_attr!=2"]


def judge_answer(answer: CloudAnswer) -> None:
    """An answer is JSON or XML, and no fault of the box."""
    if answer.status >= 500:
        assert answer.status == 503, answer
    if "xml" in answer.content_type:
        ET.fromstring(answer.body)  # noqa: S314 - the box's own
    else:
        assert isinstance(json.loads(answer.body), dict), answer


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Judge]:
    """A door with something behind each of its operations."""
    async with opened_box(folder / "state") as box, filled_images(box.store) as images:
        with _pictures(folder / "pictures") as address:
            box.fetch = FetchLimits(
                allowed_networks=("127.0.0.0/8",), seconds=2.0, resolve=nowhere_else
            )
            await _people(box)
            pace = PaceOptions(rate=Rate(per_second=1e6, burst=1_000_000))
            door, served, searches = make_door(box, pace, images=images)
            await served.tasks.create(NewTask(id="case", criteria=RiskCriteria()), asker="fuzz")
            library, job = await filled_library(served.fingerprints, box.store)
            known = {**_known(images, address), "FpDBId": [library], "FpDBIds": [library]}
            known |= {"JobIds": [job], "": [*known[""], library, job]}
            requests = CloudRequests(known, SystemClock().now_ms())
            async with answering(searches):
                known |= await _made(door, requests, f"{address}/seven.png")

                async def judge(data: bytes) -> None:
                    judge_answer(await door.answer(requests.request(Draw(data)), "http"))

                async with asyncio.TaskGroup() as group:
                    working = group.create_task(served.fingerprints.run())
                    yield judge
                    working.cancel()


def _known(images: ImageSearch, address: str) -> dict[str, list[str]]:
    """What means something, by the names of parameters."""
    shown = [base64.b64encode(small_picture(number)).decode() for number in (1, 7)]
    grant = images.uploads.grant()
    people = [f"{address}/{name}.png" for name in ("seven", "nobody", "none")]
    pictures = [*shown, people[0], f"http://b.box/{grant.key}"]
    return {
        "": [*people, *ANY],
        "SearchPicUrl": people,
        "ContainPicUrl": ["true", "false"],
        "PageSize": ["1", "10", "50"],
        "CurrentPage": ["1", "2"],
        "Name": ["fuzz"],
        "Text": ["a red cup"],
        "Input": ["http://127.0.0.1:9/a.txt"],
        "FpShotConfig": ["{}"],
        "FpImportConfig": ["{}"],
        "StartTime": ["0", "2020-01-01T00:00:00Z"],
        "EndTime": ["9999999999999", "2037-01-01T00:00:00Z"],
        "Threshold": ["0.5", "50"],
        "BodyThreshold": ["0.5", "50"],
        "PictureSearchType": ["0", "1"],
        "InstanceName": ["goods", "goods", "notices", "small", "slow"],
        "ProductId": ["p0", "p1", "p2"],
        "PicName": ["front"],
        "PicContent": pictures,
        "PrimaryPicContent": pictures,
        "SecondaryPicContent": pictures,
        "Filter": FILTERS,
        "Region": ["0,0,50,50", "10,60,10,60"],
        "Path": ["/", "/clips"],
        "BucketName": ["clips", "none"],
        "CallbackAddress": ["http://127.0.0.1:9/", "http://192.0.2.7/"],
        "ModelId": ["11", "12", "13", "14"],
        "SaveType": ["nosave", "save", "forcesave", "onlysave"],
        "TextType": ["Text", "ASR"],
        "DelType": ["Purge", "Delete"],
        "State": ["Queuing", "Success", "All"],
        "PrimaryKeys": ["report"],
        "Bucket": ["clips"],
        "Object": ["report.txt", "none.txt"],
        "key": [grant.key],
        "OSSAccessKeyId": [grant.key_id],
        "policy": [grant.policy],
        "Signature": [grant.signature],
    }


def _pictures(folder: Path) -> AbstractContextManager[str]:
    folder.mkdir(parents=True)
    body = standing(200, y=60, height=300)
    return picture_host(folder, seven={7: {Part.BODY: body, Part.FACE: face_of(body)}}, nobody={})


async def _people(box: Box) -> None:
    async with box.store.transaction() as tx:
        await ensure_cameras(tx, CAMERAS)
    for part in Part:
        await box.remember(f"t-{part}", {part: vector_of(part, 7)})


async def _made(door: CloudDoor, requests: CloudRequests, picture: str) -> Mapping[str, list[str]]:
    """Create an app and a job; returns their ids by the names of parameters."""
    app = await _call(door, requests, "CreatePictureSearchApp", Name="fuzz", Desc="fuzz")
    job = await _call(
        door, requests, "CreatePictureSearchJob", AppInstanceId=app, SearchPicUrl=picture,
        StartTime="0", EndTime="9999999999999", Threshold="0.5",
    )  # fmt: skip
    return {"AppInstanceId": [app], "JobId": [job]}


async def _call(door: CloudDoor, requests: CloudRequests, action: str, **parameters: str) -> str:
    method, path, query, headers, body = requests.signed_rpc(KEY, action, parameters)
    answer = await door.answer(Received.of(method, path, query, headers.items(), body), "http")
    return str(json.loads(answer.body)["Data"])


TARGET = Target("cloud", opened)
