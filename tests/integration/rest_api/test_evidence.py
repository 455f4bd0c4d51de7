"""Who looked is logged; people are erased; investigations leave the box signed."""

import asyncio
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from edge_agent.cli import app
from edge_agent.domain.errors import Refused
from edge_agent.domain.user import Role
from edge_agent.evidence import check_export
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.backup import make_backup
from tests.integration.rest_api.house import BEARER, House
from tests.integration.rest_api.test_roles import PASSWORD, sign_in

TASK = "/v1/risk-tasks"


@pytest.fixture
async def export(client: httpx.AsyncClient, people: House, tmp_path: Path) -> Path:
    """The zip of a task with two people."""
    body = {"id": "case-1", "tracks": people.tracks[:2]}
    assert (await client.post(TASK, json=body, headers=BEARER)).status_code == 201
    told = (await client.post(f"{TASK}/case-1/export", headers=BEARER)).json()
    assert (told["tracks"], told["pictures"], told["clips"], told["waiting"]) == (2, 4, 1, 0)
    answer = await client.get(told["url"], headers=BEARER)
    assert answer.headers["content-type"] == "application/zip"
    path = tmp_path / "case-1.zip"
    path.write_bytes(answer.content)
    return path


async def test_who_looks_is_logged_once_and_the_log_is_read_in_pages(
    client: httpx.AsyncClient, people: House
) -> None:
    await people.parts.users.add("root", Role.ADMINISTRATOR, PASSWORD, asker="test")
    await sign_in(client, "root")
    for track in [*people.tracks, *people.tracks]:
        assert (await client.get(f"/v1/tracks/{track}")).status_code == 200
    assert (await client.get(f"/v1/fragments/{people.fragment}")).status_code == 200
    await client.get("/v1/tracks", params={"place": "till"})
    await client.get("/v1/tracks", params={"cameras": "door"})
    assert (await client.get(f"/v1/tracks/{'0' * 32}")).status_code == 404
    seen, query = [], {"limit": "3", "who": "user:root"}
    while True:
        page = (await client.get("/v1/audit", params=query)).json()
        seen += page["entries"]
        if page["next"] is None:
            break
        query["before"] = str(page["next"])
    told = [(entry["action"], entry["detail"]) for entry in reversed(seen)]
    assert told[1:] == [
        *(("track.view", {"track": track}) for track in people.tracks),
        ("clip.view", {"fragment": people.fragment}),
        ("track.search", {"place": "till"}),
    ]
    views = (await client.get("/v1/audit", params={"action": "track.view"})).json()["entries"]
    assert len(views) == len(people.tracks)
    assert (await client.get("/v1/audit", params={"before": 1 << 63})).status_code == 400
    whole = (await client.get("/v1/audit/check")).json()
    assert whole == {"whole": True, "broken_at": None}
    async with people.store.transaction() as tx:
        await tx.execute("UPDATE audit SET who = 'user:anna' WHERE seq = ?", (seen[2]["seq"],))
    broken = (await client.get("/v1/audit/check")).json()
    assert broken == {"whole": False, "broken_at": seen[2]["seq"]}


async def test_files_opened_without_a_link_are_logged(
    client: httpx.AsyncClient, people: House
) -> None:
    await people.parts.users.add("anna", Role.VIEWER, PASSWORD, asker="test")
    await sign_in(client, "anna")
    track = (await client.get(f"/v1/tracks/{people.tracks[0]}")).json()
    linked = await client.get(track["body"]["url"])
    assert linked.status_code == 200
    logged = "SELECT who, detail FROM audit WHERE action = 'media.view'"
    assert await people.store.rows(logged) == []
    path = f"pictures/{track['body']['picture']}"
    for _ in range(2):
        assert (await client.get(f"/media/{path}")).status_code == 200
    (entry,) = await people.store.rows(logged)
    assert (entry["who"], json.loads(entry["detail"])) == ("user:anna", {"file": path})


async def test_who_is_erased_is_nowhere_any_more(client: httpx.AsyncClient, people: House) -> None:
    store = people.store
    gone, kept = people.tracks[0], people.tracks[1]
    track = (await client.get(f"/v1/tracks/{gone}", headers=BEARER)).json()
    picture = store.pictures.path(track["body"]["picture"])
    needle = picture.read_bytes()
    id_of_picture = track["body"]["picture"].encode()
    await make_backup(store.folder, clock=people.parts.clock)

    def holding(wanted: bytes) -> list[str]:
        files = [path for path in store.folder.rglob("*") if path.is_file()]
        return [path.name for path in files if wanted in path.read_bytes()]

    assert holding(needle)
    assert len(holding(id_of_picture)) > 1
    async with asyncio.TaskGroup() as group:
        running = group.create_task(people.parts.erasure.run())
        body = {"tracks": [gone]}
        answer = await client.post("/v1/erasures", json=body, headers=BEARER)
        running.cancel()
    assert answer.json() == {"tracks": 1, "pictures": 2, "vectors": 0, "clips": 1}
    assert holding(needle) == []
    assert holding(id_of_picture) == []
    assert not list(store.clips.glob("*.mp4"))  # it showed the person
    assert (await client.get(f"/v1/tracks/{gone}", headers=BEARER)).status_code == 404
    other = (await client.get(f"/v1/tracks/{kept}", headers=BEARER)).json()
    assert (other["fragment"], other["body"] is not None) == (None, True)
    again = await client.post("/v1/erasures", json={"tracks": [gone]}, headers=BEARER)
    assert again.status_code == 404
    told = await store.rows("SELECT who FROM audit WHERE action = 'track.erase'")
    assert [row["who"] for row in told] == ["rest:token"]
    assert await verify_audit(store) is None


async def test_nobody_is_erased_who_is_in_view_and_what_was_begun_is_finished(
    client: httpx.AsyncClient, people: House
) -> None:
    store, erasure = people.store, people.parts.erasure
    async with store.transaction() as tx:
        await tx.execute("UPDATE track SET state = 'open' WHERE id = ?", (people.tracks[0],))
    both = {"tracks": people.tracks[:2]}
    answer = await client.post("/v1/erasures", json=both, headers=BEARER)
    assert answer.status_code == 429
    async with store.transaction() as tx:
        await tx.execute("UPDATE fragment SET state = 'recording'")
    body = {"tracks": [people.tracks[1]]}
    assert (await client.post("/v1/erasures", json=body, headers=BEARER)).status_code == 429
    async with store.transaction() as tx:
        await tx.execute("UPDATE fragment SET state = 'closed'")
    with pytest.raises(TimeoutError):  # nobody does the work: as if the box had stopped
        async with asyncio.timeout(0.2):
            await erasure.erase(body["tracks"], asker="test")
    await make_backup(store.folder, clock=people.parts.clock)
    old = set((store.folder / "backups").iterdir())
    fresh = type(erasure)(store, erasure._index, erasure._thread, people.parts.clock)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(fresh.run())
        while await store.rows("SELECT 1 FROM meta WHERE key = 'erasure'"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        running.cancel()
    assert not old & set((store.folder / "backups").iterdir())


async def test_an_export_is_checked_without_the_box(export: Path, people: House) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["export", "verify", str(export)]).exit_code == 0
    verdict = check_export(export)
    assert (verdict.problems, verdict.files, verdict.vouched) == ((), 5, False)
    with zipfile.ZipFile(export) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        key = archive.read("public-key.pem")
        archive.extractall(export.parent / "open")
    assert manifest["tracks"][0]["start"].endswith("+08:00")
    assert {track["id"] for track in manifest["tracks"]} == set(people.tracks[:2])
    assert manifest["clips"][0]["as_recorded"] is True
    head = await people.store.rows("SELECT chain FROM audit WHERE action = 'risk-task.export'")
    assert manifest["audit"]["chain"] == head[0]["chain"]
    assert check_export(export, key).vouched
    if shutil.which("openssl"):
        command = "openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig"  # noqa: E501
        done = await asyncio.to_thread(
            subprocess.run,
            command.split(),
            cwd=export.parent / "open",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def rewritten(export: Path, name: str, content: bytes | None, *, extra: bool = False) -> Path:
    """The export with one file changed, taken out or put in."""
    changed = io.BytesIO()
    with zipfile.ZipFile(export) as source, zipfile.ZipFile(changed, "w") as target:
        for one in source.namelist():
            if one != name:
                target.writestr(one, source.read(one))
            elif content is not None:
                target.writestr(one, content)
        if extra and content is not None:
            target.writestr("pictures/another.jpg", content)
    path = export.with_name("changed.zip")
    path.write_bytes(changed.getvalue())
    return path


@pytest.mark.usefixtures("people")
async def test_whatever_is_changed_in_an_export_is_told(export: Path) -> None:
    with zipfile.ZipFile(export) as archive:
        picture = next(name for name in archive.namelist() if name.startswith("pictures/"))
        manifest = archive.read("manifest.json")
    changed = rewritten(export, picture, b"another picture")
    assert check_export(changed).problems == (f"{picture} was changed",)
    assert f"{picture} is missing" in check_export(rewritten(export, picture, None)).problems
    put_in = check_export(rewritten(export, "", b"x", extra=True))
    assert put_in.problems == ("pictures/another.jpg is not in the manifest",)
    lied = manifest.replace(b'"door"', b'"till"')
    assert check_export(rewritten(export, "manifest.json", lied)).problems == (
        "the signature of manifest.json is not of this key",
    )
    with pytest.raises(Refused, match="no export"):
        check_export(rewritten(export, "manifest.sig", None))
    whole = await asyncio.to_thread(export.read_bytes)
    await asyncio.to_thread(export.write_bytes, whole[:-100])
    with pytest.raises(Refused, match="no export"):
        check_export(export)
