"""Operations on pictures of things."""

from functools import partial

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.images import Asker, ImageAnswers
from edge_agent.wire.images import OPERATIONS, read_image, told_image
from edge_agent.wire.links import LinkSigner
from edge_agent.wire.model import Answer

_STARTING = frozenset({"image.import", "image.dump"})
"""Done twice they would start twice; all others may be."""


class ImageOperations:
    """The operations, and the table of them."""

    def __init__(self, answers: ImageAnswers, links: LinkSigner) -> None:
        self._answers = answers
        self._asker = Asker(ASKER, links)
        self.table: dict[str, Operation] = {
            name: Operation(partial(self._answer, name), remembered=name in _STARTING)
            for name in OPERATIONS
        }

    async def _answer(self, name: str, call: Call) -> Answer:
        wanted = read_image(name, call.parameters)
        return told_image(name, await self._answers.answer(wanted, self._asker))
