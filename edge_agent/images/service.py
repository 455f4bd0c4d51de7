"""All of it in one hand."""

import asyncio

from edge_agent.images.images import Images, ImagesParts
from edge_agent.images.keeping import Keeping
from edge_agent.images.options import ImagesOptions
from edge_agent.images.tasks import Tasks


class ImageSearch:
    """Instances, what is asked of them, and what goes on behind.

    Attributes:
        images: answers.
        tasks: imports and dumps.
        uploads: pictures that are sent ahead.
        loaded: set once every instance holds what storage does.

    Args:
        parts: of the house.
        options: how instances are run.
    """

    def __init__(self, parts: ImagesParts, options: ImagesOptions) -> None:
        self.images = Images(parts, options)
        self.tasks = Tasks(self.images, parts, options, parts.store.folder / "image-tasks")
        self.uploads = parts.uploads
        self.loaded = asyncio.Event()
        self._keeping = Keeping(self.images, parts)

    async def run(self) -> None:
        """Load the instances, then do imports and dumps until cancelled.

        Raises:
            Unavailable: the disk does not answer; run again, nothing is lost.
        """
        await self._keeping.load()
        self.loaded.set()
        await self.tasks.run()
