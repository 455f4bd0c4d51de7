"""What is known of the configured cameras."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from edge_agent.domain.errors import NotFound
from edge_agent.storage.transaction import Reads, Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFault:
    """What is wrong with a camera that delivers all the same.

    Attributes:
        fault: `black`, `covered`, `frozen`, `blurred`, `moved`, `slow`, `clock`, `backwards`
            or `main_stream`.
        since_ms: when it began.
        reason: in words.
    """

    fault: str
    since_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRow:
    """One camera.

    Attributes:
        enabled: switched by an operator; survives restarts.
        state: unknown, up or down.
        since_ms: since when it is in that state.
        reason: why, where it is down.
        faults: what is wrong with it while it delivers, by name.
    """

    id: str
    enabled: bool
    state: str
    since_ms: int
    reason: str
    faults: tuple[CameraFault, ...] = ()


async def ensure_cameras(tx: Transaction, ids: Iterable[str]) -> None:
    """Have a row for each configured camera; nobody is up before it has been seen.

    Rows of cameras that are no longer configured stay, since their tracks do.
    """
    await tx.execute("UPDATE camera SET state = 'unknown', reason = '', faults = '[]'")
    await tx.execute_many("INSERT OR IGNORE INTO camera (id) VALUES (?)", [(each,) for each in ids])
    tx.touch("camera")


async def set_camera_state(
    tx: Transaction, camera_id: str, state: str, since_ms: int, reason: str = ""
) -> None:
    """Note that a camera is up or down, since when and why.

    Raises:
        NotFound: there is no such camera.
    """
    result = await tx.execute(
        "UPDATE camera SET state = ?, since_ms = ?, reason = ? WHERE id = ?",
        (state, since_ms, reason, camera_id),
    )
    _check_found(camera_id, result.rowcount)
    tx.touch("camera")


async def set_camera_faults(tx: Transaction, camera_id: str, faults: Iterable[CameraFault]) -> None:
    """Note what is wrong with a camera now.

    Raises:
        NotFound: there is no such camera.
    """
    written = json.dumps([asdict(fault) for fault in faults])
    result = await tx.execute("UPDATE camera SET faults = ? WHERE id = ?", (written, camera_id))
    _check_found(camera_id, result.rowcount)
    tx.touch("camera")


async def set_enabled(tx: Transaction, camera_id: str, enabled: bool) -> None:  # noqa: FBT001
    """Switch a camera on or off.

    Raises:
        NotFound: there is no such camera.
    """
    result = await tx.execute(
        "UPDATE camera SET enabled = ? WHERE id = ?", (int(enabled), camera_id)
    )
    _check_found(camera_id, result.rowcount)
    tx.touch("camera")


async def get_cameras(reads: Reads) -> list[CameraRow]:
    """Every camera that is or was configured, by id."""
    return [camera_of(row) for row in await reads.rows("SELECT * FROM camera ORDER BY id")]


def camera_of(row: Row) -> CameraRow:
    """The camera in a row of all columns of table `camera`."""
    return CameraRow(
        id=row["id"],
        enabled=bool(row["enabled"]),
        state=row["state"],
        since_ms=row["since_ms"],
        reason=row["reason"],
        faults=tuple(CameraFault(**fault) for fault in json.loads(row["faults"])),
    )


def _check_found(camera_id: str, rowcount: int) -> None:
    if rowcount != 1:
        raise NotFound(f"there is no camera {camera_id!r}", field="camera")
