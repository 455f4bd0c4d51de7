"""What happens in the store before the pictures are made: people come, somebody investigates."""

import base64
import time
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.demonstration.stage import StageError
from scripts.screens.goods import goods

USER = "root"
PASSWORD = "a pass phrase for pictures"  # noqa: S105 - of a box that lives for minutes

INSTANCES = {"images": {"instances": [{"name": "goods", "service": 0}, {"name": "lost-property"}]}}
"""The section of the configuration with what the pictures of things show."""

PATIENCE_S = 150.0
PEOPLE = 14


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to see.

    Attributes:
        pages: the route of every page by its name.
    """

    pages: dict[str, str]


def tell(address: str, token: str) -> Told:
    """Wait for people and investigate some of them.

    Args:
        address: of the box.
        token: of the box.

    Raises:
        StageError: too few people came.
    """
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, verify=False, timeout=30) as box:  # noqa: S501
        tracks = _people(box)
        best = _best(box, tracks)
        job = box.post("/v1/picture-searches", json={"track": best["id"]}).json()["id"]
        named = [track["id"] for track in tracks if track["face"]][:8] or [best["id"]]
        box.post("/v1/risk-tasks", json={"id": "till-2-refund", "tracks": named})
        box.post("/v1/risk-tasks", json={"id": "stock-room", "criteria": {"cameras": ["hall"]}})
        watched = _watch(box, best["id"])
        _things(box)
        _staff(box, [track for track in named if track != best["id"]])
        _webhooks(box)
        copy = _copy(box, tracks)
        time.sleep(3)
        return Told(
            {
                "overview": "/",
                "people": "/people",
                "person": f"/tracks/{best['id']}",
                "search": "/search",
                "results": f"/jobs/{job}",
                "searches": "/jobs",
                "risk-tasks": "/risk-tasks",
                "risk-task": "/risk-tasks/till-2-refund",
                "watch-lists": "/watchlists",
                "watch-list": f"/watchlists/{watched}",
                "things": "/things",
                "instance": "/things/goods",
                "copies": "/copies",
                **({"copy": f"/copies/{copy}"} if copy else {}),
                "staff": "/staff",
                "webhooks": "/webhooks",
                "system": "/system",
                "audit": "/audit",
                "users": "/users",
            }
        )


def _people(box: httpx.Client) -> list[dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE_S
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        found = box.get("/v1/tracks", params={"limit": 50}).json()["tracks"]
        ended = [track for track in found if track["state"] == "ended" and track["fragment"]]
        if len(found) >= PEOPLE and len(ended) > PEOPLE // 2:
            return found
        time.sleep(2)
    if not found:
        raise StageError(f"nobody was seen within {PATIENCE_S:g} s")
    return found


def _best(box: httpx.Client, tracks: list[dict[str, Any]]) -> dict[str, Any]:
    """Somebody with a face, seen at several cameras where there is such a one."""
    faced = [track for track in tracks if track["face"] and track["state"] == "ended"] or tracks
    for track in faced:
        if track["session_id"]:
            visit = box.get(f"/v1/sessions/{track['session_id']}").json()
            if len(visit["tracks"]) > 1:
                return track
    return max(faced, key=lambda track: track["face"]["quality"] if track["face"] else 0)


def _watch(box: httpx.Client, track: str) -> str:
    until_ms = int((time.time() + 30 * 86_400) * 1000)  # noqa: TID251 - a script has no clock
    made = box.post(
        "/v1/watchlists",
        json={
            "name": "Banned from the store",
            "owner": "Store security",
            "reason": "Theft on record",
            "expires_ms": until_ms,
        },
    ).json()
    entry = {"name": "Subject A", "tracks": [track], "keep_picture": True}
    box.post(f"/v1/watchlists/{made['id']}/entries", json=entry)
    return str(made["id"])


def _things(box: httpx.Client) -> None:
    for number, name, jpeg in goods():
        encoded = base64.b64encode(jpeg).decode()
        item = {"ProductId": number, "PicName": "front", "CustomContent": name}
        box.post("/v1/images/goods/add", json={**item, "PicContent": encoded}).raise_for_status()
        time.sleep(0.06)  # an instance answers so many requests a second


def _staff(box: httpx.Client, tracks: list[str]) -> None:
    for name, track in zip(("Night manager", "Till 2"), tracks[-2:], strict=False):
        box.post("/v1/staff", json={"name": name, "tracks": [track]})


def _webhooks(box: httpx.Client) -> None:
    for name, host, events in (
        ("alarm-desk", "desk.example", ["watchlist.hit", "box.alarm"]),
        ("store-chat", "chat.example", ["camera.down", "camera.up"]),
    ):
        asked = {"name": name, "url": f"https://{host}/hooks/7", "events": events}
        box.post("/v1/webhooks", json=asked).raise_for_status()


def _copy(box: httpx.Client, tracks: list[dict[str, Any]]) -> str:
    """Ask where a clip comes from, once the box has a fingerprint of it; the id of the question."""
    clips = [track["fragment"] for track in tracks if track["fragment"]]
    for fragment in clips[-3:]:
        job = _looked_for(box, fragment)
        if job.get("match_count"):
            return str(job["id"])
    return ""


def _looked_for(box: httpx.Client, fragment: str) -> dict[str, Any]:
    job: dict[str, Any] = box.post("/v1/fingerprints/jobs", json={"fragment": fragment}).json()
    deadline = time.monotonic() + 30
    while "id" in job and job["finished_ms"] is None and time.monotonic() < deadline:
        time.sleep(1)
        job = box.get(f"/v1/fingerprints/jobs/{job['id']}").json()
    return job
