"""Who belongs to a task by looks, as it was asked: checked, kept until it is looked at, audited."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge_agent.domain.errors import Busy, NotFound, inside
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import RiskCriteria, RiskTask
from edge_agent.storage import Transaction
from edge_agent.storage.risk_pictures import (
    count_waiting_pictures,
    drop_picture_of,
    insert_picture,
)
from edge_agent.storage.risk_tasks import unknown_tracks
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.questions import picture_of


class Looks:
    """What happens to a picture while its task is created or changed.

    Args:
        likenesses: checks it.
        most_waiting: pictures that have not been looked at.
    """

    def __init__(self, likenesses: Likenesses, most_waiting: int) -> None:
        self._likenesses = likenesses
        self._most_waiting = most_waiting

    def check(self, looks: PictureQuestion | None) -> None:
        """Refuse what cannot be looked at, before it costs anything.

        Raises:
            Refused: with the field that is wrong.
            TooLarge: the picture has too many bytes or pixels.
        """
        if looks is not None:
            with inside("criteria"):
                self._likenesses.check(looks)

    def audited(self, looks: PictureQuestion | None) -> Mapping[str, Any]:
        """What the audit keeps of it: no picture, no address."""
        return {} if looks is None else {"looks": self._likenesses.audited(looks)}

    async def keep(self, tx: Transaction, task: RiskTask, looks: PictureQuestion | None) -> None:
        """Let the picture of new criteria take the place of the last one.

        Raises:
            Busy: too many pictures are waiting.
            NotFound: there is no such track.
        """
        picture = None if task.criteria is None else task.criteria.picture
        if picture is None or looks is None:
            await drop_picture_of(tx, task.id)
            return
        if await count_waiting_pictures(tx) >= self._most_waiting:
            raise Busy(
                f"{self._most_waiting} pictures are waiting to be looked at; ask again in a moment"
            )
        if picture.track is not None and await unknown_tracks(tx, [picture.track]):
            raise NotFound(f"there is no track {picture.track}", field="criteria.track")
        await insert_picture(tx, task.id, picture.id, looks)


def with_picture(
    criteria: RiskCriteria | None, looks: PictureQuestion | None, at_ms: int
) -> RiskCriteria | None:
    """The criteria with the looks that were asked for."""
    if criteria is None or looks is None:
        return criteria
    return replace(criteria, picture=picture_of(looks, new_id(at_ms)))
