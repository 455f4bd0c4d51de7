"""The cloud door on a real port, with real storage and painted people behind it."""

import asyncio
import functools
import http.server
import json
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import override

from edge_agent.cloud_api.dna import CloudDna
from edge_agent.cloud_api.door import CloudDoor, CloudParts
from edge_agent.cloud_api.entrance import Entrance
from edge_agent.cloud_api.images import CloudImages
from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.cloud_api.ports import Place
from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole
from edge_agent.fingerprint import Dna, FingerprintOptions, Fingerprints
from edge_agent.images import ImageSearch
from edge_agent.keys import KeyOptions, Keys, NonceOptions, Nonces, Sealing
from edge_agent.rest_api.guard import Guard
from edge_agent.rest_api.options import HttpOptions
from edge_agent.runtime.clock import Clock, SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.search import PictureSearches
from edge_agent.tasks import Place as Investigated
from edge_agent.tasks import RiskTasks, RiskTasksOptions
from edge_agent.wire.links import LinkOptions, LinkSigner
from tests.support.https import local_certificate, own_certificate, serving
from tests.support.painted import paint
from tests.support.remembering import Box, answering
from tests.support.things import idle_images

ROOT = Path(__file__).resolve().parents[2]
KEY = AccessKey(
    id="LTAItestfull", secret="secret-of-the-full-key", kind=KeyKind.ALIYUN,
    role=KeyRole.FULL, name="full",
)  # fmt: skip
READER = AccessKey(
    id="LTAItestread", secret="secret-of-the-reader", kind=KeyKind.ALIYUN,
    role=KeyRole.READER, name="reader",
)  # fmt: skip
APP_KEY = AccessKey(
    id="12345678", secret="secret-of-the-app-key", kind=KeyKind.TOP,
    role=KeyRole.FULL, name="app",
)  # fmt: skip
PLACE = Place(
    tenant="acme", store="harbour", box="box-1", cameras={"door": "Front door", "till": ""}
)
LINKS_KEY = b"key of the links of this test"


@dataclass
class CloudBox:
    """A door that answers.

    Attributes:
        endpoint: `host:port`, for http and https.
        certificate: what clients take as authority over https.
    """

    box: Box
    tasks: RiskTasks
    fingerprints: Fingerprints
    endpoint: str = ""
    certificate: Path = Path()
    counters: Counters = field(default_factory=Counters)


def make_door(
    box: Box,
    pace: PaceOptions | None = None,
    clock: Clock | None = None,
    images: ImageSearch | None = None,
    dna: FingerprintOptions | None = None,
) -> tuple[CloudDoor, CloudBox, PictureSearches]:
    """A door before a box, that nobody serves yet."""
    clock = clock or SystemClock()
    investigated = Investigated(tenant=PLACE.tenant, store=PLACE.store)
    searches = box.searches()
    tasks = RiskTasks(
        box.store, investigated, RiskTasksOptions(), likenesses=searches.likenesses, clock=clock
    )
    fingerprints = Fingerprints(box.store, dna or FingerprintOptions(fetch=box.fetch), clock)
    served = CloudBox(box, tasks, fingerprints)
    keys = Keys(
        box.store, Sealing("box key of this test"), KeyOptions(), clock,
        configured=[KEY, READER, APP_KEY],
    )  # fmt: skip
    parts = CloudParts(
        keys=keys,
        nonces=Nonces(box.store, NonceOptions(rate=(pace or PaceOptions()).rate), clock),
        searches=searches,
        tasks=served.tasks,
        images=CloudImages(images or idle_images(box.store), PLACE.box),
        dna=CloudDna(Dna(fingerprints, box.store)),
        store=box.store,
        place=PLACE,
        links=lambda base: LinkSigner(LINKS_KEY, clock, LinkOptions(base=base)),
        clock=clock,
        counters=served.counters,
    )
    return CloudDoor(parts, pace), served, searches


@asynccontextmanager
async def cloud_box(
    box: Box,
    pace: PaceOptions | None = None,
    clock: Clock | None = None,
    images: ImageSearch | None = None,
    dna: FingerprintOptions | None = None,
    **tuned: Any,
) -> AsyncIterator[CloudBox]:
    """Serve the door behind the guard, `tuned` its options, while searches are answered."""
    door, served, searches = make_door(box, pace, clock, images, dna)
    options = HttpOptions(port=0, token="no token opens it", metrics_key="no key either", **tuned)
    certificate = local_certificate(box.store.folder / "tls")
    served.certificate = own_certificate(box.store.folder)
    entrance = Entrance(door)
    app = Guard(entrance, options, SystemClock(), served.counters, ahead=entrance)
    async with answering(searches), serving(app, options, certificate) as port:
        served.endpoint = f"127.0.0.1:{port}"
        yield served


def python_with_sdks() -> str | None:
    """An interpreter that has the official SDKs: EDGE_AGENT_SDK_PYTHON, or this one."""
    named = os.environ.get("EDGE_AGENT_SDK_PYTHON")
    candidates = [named] if named else [str(ROOT / ".venv-sdk/bin/python"), sys.executable]
    for python in candidates:
        site = Path(python).parent.parent / "lib"
        if any(site.glob("python3*/site-packages/alibabacloud_linkvisual20180120")):
            return python
    return None


def old_python_with_sdks() -> str | None:
    """An interpreter that has version 3 of the Image Search SDK: EDGE_AGENT_OLD_SDK_PYTHON, or
    the one that scripts/setup makes."""
    python = os.environ.get("EDGE_AGENT_OLD_SDK_PYTHON", str(ROOT / ".venv-sdk-old/bin/python"))
    site = Path(python).parent.parent / "lib"
    there = any(site.glob("python3*/site-packages/alibabacloud_imagesearch20201214"))
    return python if there else None


def node_with_sdks() -> Path | None:
    """The folder of the official Node SDKs: EDGE_AGENT_SDK_NODE, or tests/node."""
    folder = Path(os.environ.get("EDGE_AGENT_SDK_NODE", ROOT / "tests/node"))
    there = (folder / "node_modules/@alicloud/pop-core").is_dir()
    return folder if there and shutil.which("node") else None


async def call_python(
    cloud: CloudBox, *calls: Mapping[str, Any], protocol: str = "http"
) -> list[dict[str, Any]]:
    """Make calls with the Python SDKs; each is {"sdk": tea, tea-v2 or core, "operation", …}."""
    python = python_with_sdks()
    assert python
    command = [python, str(ROOT / "tests/support/cloud_python.py")]
    return await _called(cloud, command, calls, {}, protocol)


async def call_node(
    cloud: CloudBox, *calls: Mapping[str, Any], protocol: str = "http"
) -> list[dict[str, Any]]:
    """Make calls with the Node SDKs; each is {"sdk": pop or top, "operation", "parameters"}."""
    folder = node_with_sdks()
    assert folder
    command = ["node", str(ROOT / "tests/node/calls.js")]
    # One of them sends local time, and the API wants Beijing's.
    around = {
        "TZ": "Asia/Shanghai",
        "EDGE_AGENT_SDK_NODE": str(folder),
        "NODE_EXTRA_CA_CERTS": str(cloud.certificate),
    }
    return await _called(cloud, command, calls, around, protocol)


async def call_images(
    cloud: CloudBox, *calls: Mapping[str, Any], protocol: str = "http", old: bool = False
) -> list[dict[str, Any]]:
    """Make calls of Image Search with the Python SDKs, `old` with the one of version 3."""
    python = old_python_with_sdks() if old else python_with_sdks()
    assert python
    command = [python, str(ROOT / "tests/support/image_python.py")]
    return await _called(cloud, command, calls, {}, protocol)


async def call_node_images(
    cloud: CloudBox, *calls: Mapping[str, Any], protocol: str = "http"
) -> list[dict[str, Any]]:
    """Make calls of Image Search with the Node SDK."""
    folder = node_with_sdks()
    assert folder
    command = ["node", str(ROOT / "tests/node/images.js")]
    around = {
        "EDGE_AGENT_SDK_NODE": str(folder),
        "NODE_EXTRA_CA_CERTS": str(cloud.certificate),
    }
    return await _called(cloud, command, calls, around, protocol)


async def call_node_dna(
    cloud: CloudBox, *calls: Mapping[str, Any], protocol: str = "http"
) -> list[dict[str, Any]]:
    """Make calls of media DNA with the typed Node SDK: {"map", "mistyped"}, or the errors."""
    folder = node_with_sdks()
    assert folder
    command = ["node", str(ROOT / "tests/node/dna.js")]
    around = {
        "EDGE_AGENT_SDK_NODE": str(folder),
        "NODE_EXTRA_CA_CERTS": str(cloud.certificate),
    }
    return await _called(cloud, command, calls, around, protocol)


async def _called(
    cloud: CloudBox,
    command: Sequence[str],
    calls: Sequence[Mapping[str, Any]],
    around: Mapping[str, str],
    protocol: str,
) -> list[dict[str, Any]]:
    asked = {
        "endpoint": cloud.endpoint, "key": KEY.id, "secret": KEY.secret,
        "app_key": APP_KEY.id, "app_secret": APP_KEY.secret, "calls": calls,
        "protocol": protocol, "ca": str(cloud.certificate),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **around},
    )
    out, err = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0, err.decode()
    answers: list[dict[str, Any]] = json.loads(out)
    return answers


@contextmanager
def picture_host(folder: Path, **people: Mapping[Any, Any]) -> Iterator[str]:
    """Serve painted pictures, `<name>.png` each; yields the address in front of the names."""
    for name, who in people.items():
        (folder / f"{name}.png").write_bytes(paint(who))
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    @override
    def log_message(self, *_: object) -> None:
        pass
