"""Picture-search apps and the devices bound to them."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

from collections.abc import Collection
from typing import Generic, NamedTuple, TypeVar

from edge_agent.domain.search_app import SearchApp
from edge_agent.storage.transaction import Reads, Row, Transaction

T = TypeVar("T")

_APP = "id, name, description, created_ms, modified_ms"


class Numbered(NamedTuple, Generic[T]):
    """One page of rows that are counted.

    Attributes:
        total: how many there are on all pages.
    """

    total: int
    rows: tuple[T, ...]


async def insert_app(tx: Transaction, app: SearchApp) -> None:
    """Insert a new app."""
    await tx.execute(
        f"INSERT INTO search_app ({_APP}) VALUES (?, ?, ?, ?, ?)",
        (app.id, app.name, app.description, app.created_ms, app.modified_ms),
    )
    tx.touch("search_app")


async def update_app(
    tx: Transaction, app_id: str, *, name: str, description: str, at_ms: int
) -> bool:
    """Give an app another name and description; False where there is none of this id."""
    result = await tx.execute(
        "UPDATE search_app SET name = ?, description = ?, modified_ms = ? WHERE id = ?",
        (name, description, at_ms, app_id),
    )
    tx.touch("search_app")
    return result.rowcount == 1


async def get_app(reads: Reads, app_id: str) -> SearchApp | None:
    """One app, None where there is none of this id."""
    rows = await reads.rows(f"SELECT {_APP} FROM search_app WHERE id = ?", (app_id,))
    return _app_of(rows[0]) if rows else None


async def list_apps(reads: Reads, *, offset: int, limit: int) -> Numbered[SearchApp]:
    """Apps, newest first, from the one at `offset` on."""
    counted = await reads.rows("SELECT count(*) FROM search_app")
    rows = await reads.rows(
        f"SELECT {_APP} FROM search_app ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset)
    )
    return Numbered(int(counted[0][0]), tuple(_app_of(row) for row in rows))


async def bind_devices(tx: Transaction, app_id: str, devices: Collection[str], at_ms: int) -> None:
    """Bind cameras to an app; one that is bound already stays so."""
    await tx.execute_many(
        "INSERT OR IGNORE INTO search_app_device (app, device, bound_ms) VALUES (?, ?, ?)",
        [(app_id, device, at_ms) for device in devices],
    )
    tx.touch("search_app")


async def unbind_devices(tx: Transaction, app_id: str, devices: Collection[str]) -> None:
    """Take cameras from an app; one that is not bound is passed over."""
    await tx.execute_many(
        "DELETE FROM search_app_device WHERE app = ? AND device = ?",
        [(app_id, device) for device in devices],
    )
    tx.touch("search_app")


async def bound_devices(reads: Reads, app_id: str) -> frozenset[str]:
    """Every camera that is bound to an app."""
    rows = await reads.rows("SELECT device FROM search_app_device WHERE app = ?", (app_id,))
    return frozenset(row["device"] for row in rows)


async def list_devices(reads: Reads, app_id: str, *, offset: int, limit: int) -> Numbered[str]:
    """Cameras bound to an app, the last bound first, from the one at `offset` on."""
    counted = await reads.rows("SELECT count(*) FROM search_app_device WHERE app = ?", (app_id,))
    rows = await reads.rows(
        "SELECT device FROM search_app_device WHERE app = ?"
        " ORDER BY bound_ms DESC, device LIMIT ? OFFSET ?",
        (app_id, limit, offset),
    )
    return Numbered(int(counted[0][0]), tuple(row["device"] for row in rows))


def _app_of(row: Row) -> SearchApp:
    return SearchApp(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        created_ms=row["created_ms"],
        modified_ms=row["modified_ms"],
    )
