"""The door for cloud clients: signed requests with anything in them, and unsigned ones."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from edge_agent.cloud_api.door import CloudDoor
from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import AccessKey, Rate
from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.domain.vector import Part
from edge_agent.outbound import FetchLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.answers import CloudAnswer
from edge_agent.wire.cloud.linkvisual import ACTIONS, VERSION
from edge_agent.wire.cloud.received import Received
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.fuzz.draw import Draw
from tests.fuzz.target import Judge, Target
from tests.support import cloud_signers as signers
from tests.support.cloud_box import APP_KEY, KEY, READER, make_door, picture_host
from tests.support.painted import vector_of
from tests.support.remembering import CAMERAS, Box, answering, opened_box
from tests.support.sightings import face_of, standing

NAMES = [
    "AppInstanceId", "JobId", "Name", "Desc", "Description", "PageSize", "CurrentPage",
    "SearchPicUrl", "StartTime", "EndTime", "Threshold", "BodyThreshold", "PictureSearchType",
    "DeviceIotIds.1", "DeviceIotIds.2", "DeviceIotIds.0", "DeviceIotIds", "JobStatus",
    "ContainPicUrl", "SecurityToken", "IotInstanceId", "RegionId", "SignatureType", "Format",
    "param", "session", "simplify", "partner_id", "target_app_key",
]  # fmt: skip
OVERRIDDEN = {
    "rpc": ["Version", "Timestamp", "SignatureNonce", "Signature", "AccessKeyId", "Format",
            "SignatureMethod", "SignatureVersion", "Action"],
    "acs3": ["x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256",
             "authorization", "x-acs-action", "host", "x-acs-security-token", "content-type"],
    "top": ["method", "app_key", "v", "timestamp", "sign_method", "format", "sign"],
}  # fmt: skip
PARAM = ["risk_task_id", "tenant_code", "poi_id", "request_id", "api_sign", "token"]
KNOWN = ["case", "door", "till", "acme", "harbour", "a" * 32, "1", "50", "0.5", "9999999999999"]
METHODS = ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "\x00"]
ENVIRONMENT = ["host", "authorization", "x-acs-action", "x-acs-date", "content-type", "accept"]


class CloudRequests:
    """Makes requests out of bytes.

    Args:
        known: values that mean something to the door.
    """

    def __init__(self, known: list[str], now_ms: int) -> None:
        self.known = known
        self._now_ms = now_ms
        self._nonces = itertools.count()

    def request(self, draw: Draw) -> Received:
        """A request that may be signed rightly, wrongly or not at all."""
        kind = draw.one_of(["rpc", "acs3", "top", "raw"])
        if kind == "raw":
            return self._raw(draw)
        method, path, query, headers, body = self._signed(draw, kind)
        return Received.of(method, path, query, headers.items(), body)

    def _signed(self, draw: Draw, kind: str) -> signers.Request:
        key = draw.one_of([KEY, KEY, READER, APP_KEY] if kind != "top" else [APP_KEY, APP_KEY, KEY])
        action = draw.one_of(list(ACTIONS)) if draw.byte() else draw.text()
        parameters = {
            draw.one_of(NAMES) if draw.byte() else draw.text(): draw.value(self.known)
            for _ in range(draw.below(9))
        }
        overrides = {
            draw.one_of(OVERRIDDEN[kind]): draw.value(self.known) if draw.byte() else None
            for _ in range(draw.below(3))
        }
        if kind == "top":
            return self._top(draw, key, parameters, overrides)
        if kind == "acs3":
            return signers.acs3(
                key.id, key.secret, parameters, action=action, at_ms=self._now_ms,
                nonce=self._nonce(), version=VERSION, in_query=bool(draw.below(2)),
                overrides=overrides,
            )  # fmt: skip
        return self.signed_rpc(
            key, action, parameters, method=draw.one_of(["GET", "POST"]),
            answer=draw.one_of(["JSON", "XML"]), in_query=bool(draw.below(2)), overrides=overrides,
        )  # fmt: skip

    def signed_rpc(
        self, key: AccessKey, action: str, parameters: dict[str, str], **how: Any
    ) -> signers.Request:
        """A request of RPC V1."""
        return signers.rpc(
            key.id, key.secret, parameters, action=action, at_ms=self._now_ms,
            nonce=self._nonce(), **how,
        )  # fmt: skip

    def _nonce(self) -> str:
        return f"fuzz-{next(self._nonces)}"

    def _top(
        self,
        draw: Draw,
        key: AccessKey,
        parameters: dict[str, str],
        overrides: dict[str, str | None],
    ) -> signers.Request:
        if draw.byte() % 4:
            parameters["param"] = draw.document(PARAM, self.known).decode("utf-8", "replace")
        return signers.top(
            key.id, key.secret, parameters, action=GET_BY_TASK, at_ms=self._now_ms,
            sign_method=draw.one_of(["md5", "hmac", "hmac-sha256", "none"]),
            answer=draw.one_of(["json", "xml", "yaml"]), overrides=overrides,
        )  # fmt: skip

    def _raw(self, draw: Draw) -> Received:
        headers = [
            (draw.one_of(ENVIRONMENT) if draw.byte() else draw.text(), draw.value(self.known))
            for _ in range(draw.few())
        ]
        query = urlencode({draw.text(): draw.text()}) if draw.below(2) else draw.text()
        path = draw.one_of(["/", "/router/rest", "/v2/image/search", "//"])
        return Received.of(draw.one_of(METHODS), path, query, headers, draw.rest())


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
    """A door with people, pictures, an app, a job, a task and a worker behind it."""
    async with opened_box(folder / "state") as box:
        with _pictures(folder / "pictures") as address:
            box.fetch = FetchLimits(
                allowed_networks=("127.0.0.0/8",), seconds=2.0, resolve=_nowhere_else
            )
            await _people(box)
            pace = PaceOptions(rate=Rate(per_second=1e6, burst=1_000_000))
            door, served, searches = make_door(box, pace)
            now_ms = SystemClock().now_ms()
            await served.tasks.create(NewTask(id="case", criteria=RiskCriteria()), asker="fuzz")
            known = [f"{address}/seven.png", f"{address}/nobody.png", f"{address}/none.png", *KNOWN]
            requests = CloudRequests(known, now_ms)
            async with answering(searches):
                known[:0] = await _made(door, requests, known[0])

                async def judge(data: bytes) -> None:
                    judge_answer(await door.answer(requests.request(Draw(data)), "http"))

                yield judge


def _pictures(folder: Path) -> AbstractContextManager[str]:
    folder.mkdir(parents=True)
    body = standing(200, y=60, height=300)
    return picture_host(folder, seven={7: {Part.BODY: body, Part.FACE: face_of(body)}}, nobody={})


async def _people(box: Box) -> None:
    async with box.store.transaction() as tx:
        await ensure_cameras(tx, CAMERAS)
    for part in Part:
        await box.remember(f"t-{part}", {part: vector_of(part, 7)})


async def _made(door: CloudDoor, requests: CloudRequests, picture: str) -> list[str]:
    """Create an app and a job; returns their ids."""
    app = await _call(door, requests, "CreatePictureSearchApp", Name="fuzz", Desc="fuzz")
    job = await _call(
        door, requests, "CreatePictureSearchJob", AppInstanceId=app, SearchPicUrl=picture,
        StartTime="0", EndTime="9999999999999", Threshold="0.5",
    )  # fmt: skip
    return [app, job]


async def _call(door: CloudDoor, requests: CloudRequests, action: str, **parameters: str) -> str:
    method, path, query, headers, body = requests.signed_rpc(KEY, action, parameters)
    answer = await door.answer(Received.of(method, path, query, headers.items(), body), "http")
    return str(json.loads(answer.body)["Data"])


async def _nowhere_else(host: str, _port: int) -> list[str]:
    if host != "127.0.0.1":
        raise OSError(f"no address for {host}")
    return [host]


TARGET = Target("cloud", opened)
