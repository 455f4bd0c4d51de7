"""Cameras, remembered answers and the audit log."""

import pytest

from edge_agent.domain.errors import NotFound
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit, verify_audit
from edge_agent.storage.cameras import (
    CameraRow,
    ensure_cameras,
    get_cameras,
    set_camera_state,
    set_enabled,
)
from edge_agent.storage.requests import RememberedAnswer, forget_older, remember, remembered


async def test_a_switched_off_camera_stays_off_over_a_restart(store: Store) -> None:
    async with store.transaction() as tx:
        await ensure_cameras(tx, ["door", "till"])
        await set_camera_state(tx, "door", "down", 5, "no route to host")
        await set_enabled(tx, "door", False)
    assert (await get_cameras(store))[0] == CameraRow(
        id="door", enabled=False, state="down", since_ms=5, reason="no route to host"
    )
    async with store.transaction() as tx:
        await ensure_cameras(tx, ["door"])
    door, till = await get_cameras(store)
    assert (door.enabled, door.state, door.reason) == (False, "unknown", "")
    assert till.enabled


async def test_an_unknown_camera_is_not_found(store: Store) -> None:
    async with store.transaction() as tx:
        with pytest.raises(NotFound, match="attic"):
            await set_enabled(tx, "attic", True)
        with pytest.raises(NotFound, match="attic"):
            await set_camera_state(tx, "attic", "up", 1)


async def test_the_first_answer_is_remembered_until_it_is_old(store: Store) -> None:
    answer = RememberedAnswer(
        request_id="r1", operation="track.query", digest="d", answer={"ok": True}, at_ms=100
    )
    async with store.transaction() as tx:
        assert await remembered(tx, "r1") is None
        await remember(tx, answer)
    assert await remembered(store, "r1") == answer
    async with store.transaction() as tx:
        assert await forget_older(tx, 100) == 0
        assert await forget_older(tx, 101) == 1
    assert await remembered(store, "r1") is None


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE seq = 3", 3),
        ("UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 4", 5),
        ("UPDATE audit SET detail = '{}' WHERE seq = 2", 2),
        ("UPDATE audit SET seq = 99 WHERE seq = 2", 3),
    ],
)
async def test_a_changed_or_missing_row_of_the_audit_log_is_found(
    store: Store, harm: str, found: int
) -> None:
    async with store.transaction() as tx:
        for number in range(1, 7):
            await append_audit(tx, "rest:owner", "camera.disable", {"n": number}, number)
    assert await verify_audit(store) is None
    async with store.transaction() as tx:
        await tx.execute(harm)
    assert await verify_audit(store) == found
