"""What can be wrong with a question, and how the box says so: one table for every door.

`docs/errors.md` has a row for every case here; a test holds the two against each other, and the
end-to-end test asks the running daemon each of them.
"""

import base64
import json
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from edge_agent.media import encode_jpeg

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
NOBODY = "0" * 32
MIB = 1 << 20

CREATE = "picture-search.create"
SEARCHES = "/v1/picture-searches"

HELPFUL = "127.0.0.2"
"""Where the tests' own picture host listens; the one private address the box may fetch from."""


@dataclass(frozen=True, slots=True)
class Mqtt:
    """A message to the MQTT door.

    Attributes:
        operation: last level of the topic.
        body: as it is sent.
        retain: published with the retain flag.
    """

    operation: str
    body: bytes = b"{}"
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """A request to the REST door; `token` None shows none."""

    method: str
    path: str
    body: bytes | None = None
    token: str | None = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that is wrong.

    Attributes:
        name: its row in `docs/errors.md`.
        mqtt, rest: how it is asked; None where a door does not know it.
        code: in the answer; None where the question is taken and its job ends as `state`.
        status: of the HTTP answer.
        state: how the job ends; None where the question is refused at the door.
        job_code: in the ended job's error; None where it has none.
    """

    name: str
    mqtt: Mqtt | None = None
    rest: Rest | None = None
    code: str | None = "bad_request"
    status: int = 400
    state: str | None = None
    job_code: str | None = None

    def told(self, door: str) -> str:
        """The cell of the page for this door."""
        if getattr(self, door) is None:
            return "\N{EN DASH}"
        if self.state is not None:
            return f"job `{self.state}`" + (f", `{self.job_code}`" if self.job_code else "")
        return f"`{self.code}`" if door == "mqtt" else f"{self.status} `{self.code}`"


def asked(name: str, values: Mapping[str, Any] | bytes, **more: Any) -> Case:
    """A picture search, asked in the same words at both doors."""
    body = values if isinstance(values, bytes) else json.dumps(values).encode()
    return Case(name=name, mqtt=Mqtt(CREATE, body), rest=Rest("POST", SEARCHES, body), **more)


def looked_up(name: str, values: Mapping[str, Any], **more: Any) -> Case:
    """A query of tracks, asked in the same words at both doors."""
    words = "&".join(
        f"{key}={','.join(value) if isinstance(value, list) else value}"
        for key, value in values.items()
    )
    return Case(
        name=name,
        mqtt=Mqtt("track.query", json.dumps(values).encode()),
        rest=Rest("GET", f"/v1/tracks?{words}"),
        **more,
    )


def ends(name: str, values: Mapping[str, Any], state: str, code: str | None = None) -> Case:
    """A picture search that is taken, and whose job ends in this state with this code."""
    return asked(name, values, code=None, status=202, state=state, job_code=code)


@cache
def nobody_there() -> str:
    """A picture without people, as base64."""
    shades = np.linspace(40, 200, 480 * 360, dtype=np.float32).reshape(360, 480)
    return in_base64(encode_jpeg(np.repeat(shades[..., None], 3, axis=2).astype(np.uint8)))


def in_base64(data: bytes) -> str:
    """As pictures stand in JSON."""
    return base64.b64encode(data).decode()


def _noise() -> bytes:
    """A JPEG of some 300 kB."""
    grains = np.random.default_rng(3).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    return encode_jpeg(grains)


def bomb() -> str:
    """A PNG of some bytes that says it has 60,000 x 60,000 pixels, as base64."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(60_000))
    parts = chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return in_base64(b"\x89PNG\r\n\x1a\n" + parts)


def cases(host_port: int) -> list[Case]:
    """Every case that needs nothing before it.

    Args:
        host_port: of the tests' picture host on `HELPFUL`.
    """
    host = f"http://{HELPFUL}:{host_port}"
    picture = nobody_there()
    return [
        asked("not JSON", b"picture=1"),
        asked("not UTF-8", b'{"url": "\xff"}'),
        asked("JSON, but no object", b"[]"),
        asked("nested without end", b'{"a":' * 100_000),
        asked("a number that is none (NaN)", b'{"threshold": NaN}'),
        asked("a field named twice", b'{"limit": 1, "limit": 2}'),
        asked("unknown field", {"track": NOBODY, "camera": "door"}),
        asked("nothing asked", {}),
        asked("two sources at once", {"track": NOBODY, "picture": picture}),
        asked("not base64", {"picture": "%%%"}),
        asked("text file as picture", {"picture": in_base64(b"just some words " * 99)}),
        asked("picture cut off in its header", {"picture": picture[:80]}),
        asked(
            "picture above 4 MiB",
            {"picture": in_base64(b"\xff\xd8\xff" + bytes(4 * MIB))},
            code="too_large",
            status=413,
        ),
        asked(
            "message above 6 MiB",
            b'{"picture": "' + b"A" * (50_000_000 * 4 // 3) + b'"}',
            code="too_large",
            status=413,
        ),
        asked("decompression bomb", {"picture": bomb()}, code="too_large", status=413),
        asked("region outside of the picture", {"picture": picture, "region": [900, 9, 990, 99]}),
        asked("region turned inside out", {"picture": picture, "region": [90, 9, 9, 99]}),
        asked("threshold above 1", {"picture": picture, "threshold": 2}),
        asked("limit of 0", {"picture": picture, "limit": 0}),
        asked("limit of 100000", {"picture": picture, "limit": 100_000}),
        asked("reversed time range", {"picture": picture, "start_ms": 2, "end_ms": 1}),
        asked("unknown kind", {"picture": picture, "kinds": ["hand"]}),
        asked(
            "unknown camera",
            {"picture": picture, "cameras": ["roof"]},
            code="not_found",
            status=404,
        ),
        asked("unknown track", {"track": NOBODY}, code="not_found", status=404),
        asked("address of a file", {"url": "file:///etc/passwd"}),
        asked("address of this machine", {"url": f"http://127.0.0.1:{host_port}/"}),
        asked("address of a cloud's metadata", {"url": "http://169.254.169.254/latest/"}),
        asked("address of this machine (IPv6)", {"url": "http://[::1]/"}),
        looked_up("reversed time range of tracks", {"start_ms": 2, "end_ms": 1}),
        looked_up(
            "unknown camera of tracks", {"cameras": ["roof"]}, code="not_found", status=404
        ),
        looked_up("unknown parameter", {"camera": "door"}),
        looked_up("page that does not exist", {"after": "nowhere"}),
        Case(
            name="unknown job",
            mqtt=Mqtt("picture-search.get", json.dumps({"job": NOBODY}).encode()),
            rest=Rest("GET", f"{SEARCHES}/{NOBODY}"),
            code="not_found",
            status=404,
        ),
        Case(
            name="cancelling an unknown job",
            mqtt=Mqtt("picture-search.cancel", json.dumps({"job": NOBODY}).encode()),
            rest=Rest("DELETE", f"{SEARCHES}/{NOBODY}"),
            code="not_found",
            status=404,
        ),
        Case(name="job id that is none",
             mqtt=Mqtt("picture-search.get", b'{"job": "../../etc"}'),
             rest=Rest("GET", f"{SEARCHES}/etc")),
        Case(name="unknown operation", mqtt=Mqtt("box.explode"), code="not_found"),
        Case(name="switching an unknown camera", mqtt=Mqtt("camera.disable", b'{"camera": "roof"}'),
             code="not_found"),
        Case(name="expired", mqtt=Mqtt(CREATE, b'{"expires_at": 1}'), code="expired"),
        Case(name="retained", mqtt=Mqtt("box.status", retain=True), code="retained"),
        Case(name="no token", rest=Rest("GET", "/v1/status", token=None),
             code="not_authorised", status=401),
        Case(name="wrong token", rest=Rest("GET", "/v1/status", token="wrong"),
             code="not_authorised", status=401),
        Case(name="unknown address", rest=Rest("GET", "/v2/tracks"), code="not_found", status=404),
        Case(name="wrong method", rest=Rest("PUT", "/v1/tracks"), status=405),
        ends("picture without people", {"picture": picture}, "no_data"),
        ends("picture cut off in the middle", {"picture": in_base64(_noise()[:50_000])}, "failed",
             "bad_request"),
        ends("address by a name that leads inward", {"url": f"http://localhost:{host_port}/"},
             "failed", "bad_request"),
        ends("address spelt as a number", {"url": "http://2130706433/"}, "failed", "bad_request"),
        ends("address that redirects inward", {"url": f"{host}/inward"}, "failed", "bad_request"),
        ends("address of something else", {"url": f"{host}/words"}, "failed", "bad_request"),
        ends("address that has nothing", {"url": f"{host}/gone"}, "failed", "bad_request"),
        ends("address that hangs", {"url": f"{host}/hang"}, "failed", "unavailable"),
        ends("address where nobody listens", {"url": f"http://{HELPFUL}:1/"}, "failed",
             "unavailable"),
    ]  # fmt: skip


REPEATED = "request id used for another question"
BUSY = "too many unfinished searches"
CASES_BY_HAND = [
    asked(REPEATED, b"", code="bad_request", status=400),
    asked(BUSY, b"", code="busy", status=429),
]
"""Cases that need others before them; tests of their own ask them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page: the cells for each door, and what the box says."""

    cells: Mapping[str, str]
    message: str

    def fits(self, message: str) -> bool:
        """Whether the box says what the page promises; `…` stands for anything."""
        parts = (re.escape(part) for part in self.message.split("…"))
        return re.fullmatch(".*".join(parts), message, re.DOTALL) is not None


def rows() -> dict[str, Row]:
    """The tables of the page that begin with "what was wrong", by that."""
    found: dict[str, Row] = {}
    inside = False
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "what was wrong":
            inside = line.startswith("|")
        elif inside and cells[0].strip("-"):
            name, mqtt, rest, message = cells
            if name in found:
                raise ValueError(f"two rows for {name}")
            found[name] = Row({"mqtt": mqtt, "rest": rest}, message.strip("`"))
    return found
