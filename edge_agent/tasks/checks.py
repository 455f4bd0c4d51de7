"""Checks that look into storage."""

from collections.abc import Collection

from edge_agent.domain.errors import NotFound
from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.storage import Transaction
from edge_agent.storage.cameras import get_cameras
from edge_agent.storage.risk_tasks import unknown_tracks


async def check_there(
    tx: Transaction, criteria: RiskCriteria | None, tracks: Collection[str], field: str
) -> None:
    """Refuse cameras and tracks that the box does not know.

    Args:
        tx: the transaction.
        criteria: name cameras.
        tracks: pointed at.
        field: where they stand in the request.

    Raises:
        NotFound: with the field that is wrong.
    """
    if criteria is not None and criteria.cameras:
        known = {row.id for row in await get_cameras(tx)}
        unknown = sorted(criteria.cameras - known)
        if unknown:
            named = ", ".join(unknown)
            raise NotFound(f"there is no camera {named}", field="criteria.cameras")
    missing = await unknown_tracks(tx, tracks)
    if missing:
        raise NotFound(f"there is no track {missing[0]}", field=field)
