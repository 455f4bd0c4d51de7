"""All of it in one hand."""

import asyncio

from edge_agent.images.calling_back import CallingBack
from edge_agent.images.changes import ItemChanges
from edge_agent.images.images import Images
from edge_agent.images.instances import Instances
from edge_agent.images.keeping import Keeping
from edge_agent.images.looking import Looking
from edge_agent.images.looking_again import LookingAgain
from edge_agent.images.options import ImagesOptions
from edge_agent.images.parts import ImagesParts
from edge_agent.images.tasks import Tasks


class ImageSearch:
    """Instances, what is asked of them, and what goes on behind.

    Attributes:
        images: what is asked about items.
        changes: adds, changes and deletes them.
        tasks: imports and dumps.
        uploads: pictures that are sent ahead.
        loaded: set once every instance holds what storage does.

    Args:
        parts: of the house.
        options: how instances are run.
    """

    def __init__(self, parts: ImagesParts, options: ImagesOptions) -> None:
        instances = Instances(options.instances, parts.clock)
        looking = Looking(
            parts.eyes, parts.decoder, options.fetch, options.keep_side, parts.uploads.find
        )
        self.images = Images(instances, looking, parts)
        self.changes = ItemChanges(instances, looking, parts)
        self.tasks = Tasks(
            instances, self.changes, parts, options, parts.store.folder / "image-tasks"
        )
        self.uploads = parts.uploads
        self.loaded = asyncio.Event()
        self._keeping = Keeping(instances, parts)
        self._calling = CallingBack(parts, options.callback)
        self._again = LookingAgain(
            instances, looking, self.changes, parts, options.look_again_share
        )

    async def run(self) -> None:
        """Load the instances, then do imports and dumps until cancelled.

        Raises:
            Unavailable: the disk does not answer; run again, nothing is lost.
        """
        await self._keeping.load()
        self.loaded.set()
        await self.tasks.run()

    async def call_back(self) -> None:
        """Tell the ends of imports until cancelled.

        Raises:
            Unavailable: the disk does not answer; run again, nothing is lost.
        """
        await self._calling.run()

    async def look_again(self) -> None:
        """Look again at items of other models, once all are loaded; then wait until cancelled.

        Raises:
            Unavailable: the disk or a model does not answer; run again, nothing is lost.
        """
        await self.loaded.wait()
        await self._again.run()
        await asyncio.Event().wait()
