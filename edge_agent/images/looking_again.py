"""Items are looked at again where the model that looks at pictures has changed.

As with people's pictures: unattended, resumably, when nobody else wants the models. An item keeps
the vectors that it has until it has new ones, and answers with them whatever can still be asked
of their model.
"""

import asyncio
import logging
from collections.abc import Sequence

from edge_agent.domain.errors import NotFound, Refused, Unavailable
from edge_agent.domain.image_item import ImageItem
from edge_agent.images.changes import ItemChanges
from edge_agent.images.finding import Finding
from edge_agent.images.instances import Instance, Instances
from edge_agent.images.looking import Looking
from edge_agent.images.parts import ImagesParts

log = logging.getLogger(__name__)

_PAGE = 100
_TRIES = 3
"""So often a picture is given to a model that fails, until the next start."""


class LookingAgain:
    """Walks over the items that the model in use has not looked at.

    Args:
        share: of the time of one thread, above 0 to 1.
    """

    def __init__(
        self,
        instances: Instances,
        looking: Looking,
        changes: ItemChanges,
        parts: ImagesParts,
        share: float,
    ) -> None:
        self._instances = instances
        self._looking = looking
        self._finding = Finding(parts.store, parts.thread)
        self._changes = changes
        self._parts = parts
        self._share = share
        self._given_up: set[int] = set()
        self._failures: dict[int, int] = {}
        parts.counters.gauges(
            "edge_agent_images_looked_at",
            "Share of the items of an instance that the model in use has looked at, 0 to 1.",
            lambda: [
                ((("instance", one.told.name),), one.looked_at(parts.eyes.info.picture_model))
                for one in instances
            ],
        )

    async def run(self) -> None:
        """Look at every item once; does nothing where that has been done.

        Raises:
            Unavailable: the disk or a model does not answer; call again, what was done stays.
        """
        model = self._parts.eyes.info.picture_model
        failed = 0
        for instance in self._instances:
            ids = await self._parts.thread.call(instance.gallery.without, model)
            left = [one for one in ids if one not in self._given_up]
            if left:
                log.info("instance %s: %d items are looked at again", instance.told.name, len(left))
            for first in range(0, len(left), _PAGE):
                failed += await self._all_of(instance, left[first : first + _PAGE])
        if failed:
            raise Unavailable(f"{failed} pictures of things could not be looked at")

    async def _all_of(self, instance: Instance, ids: Sequence[int]) -> int:
        """Returns how many shall be tried once more."""
        failed = 0
        for item_id, item in (await self._finding.items(ids)).items():
            began = self._parts.clock.monotonic()
            failed += not await self._one(instance, item_id, item)
            took = self._parts.clock.monotonic() - began
            await asyncio.sleep(took * (1 / self._share - 1))
        return failed

    async def _one(self, instance: Instance, item_id: int, item: ImageItem) -> bool:
        """Returns whether that is all for this item."""
        try:
            kept = await self._parts.store.images.read(item.picture)
        except NotFound:
            self._give_up(item_id, "it is gone")
            return True
        try:
            had = await self._parts.thread.call(instance.gallery.vectors_of, item_id)
            alone = had is not None and had.whole is None
            vectors = await self._looking.look_again(item, kept, alone=alone, idly=True)
        except Refused as error:
            self._give_up(item_id, str(error))
            return True
        except Unavailable as error:
            log.warning("the picture of item %d cannot be looked at: %s", item_id, error)
            self._failures[item_id] = times = self._failures.get(item_id, 0) + 1
            if times < _TRIES:
                return False
            self._give_up(item_id, f"the model failed {times} times")
            return True
        await self._changes.look_anew(instance, item_id, item, vectors[0])
        return True

    def _give_up(self, item_id: int, why: str) -> None:
        log.warning("the picture of item %d is not looked at again: %s", item_id, why)
        self._given_up.add(item_id)
