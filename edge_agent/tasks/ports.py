"""What investigations need of others, as narrow as they need it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import Likeness
from edge_agent.domain.vector import StoredVector


class Likenesses(Protocol):
    """Looks at pictures and finds who looks like somebody in them, as picture searches do."""

    @property
    def pack(self) -> str:
        """The name of the model pack in use."""

    @property
    def models(self) -> frozenset[str]:
        """The stamps of vectors that can be compared."""

    def check(self, question: PictureQuestion) -> None:
        """Raise `Refused` where a question cannot be looked at, before it costs anything."""

    def audited(self, question: PictureQuestion) -> Mapping[str, Any]:
        """What the audit log keeps of a question: no picture, no address."""

    async def look(self, question: PictureQuestion) -> Likeness:
        """Find out who is in a picture, or how somebody who was tracked looks.

        Raises:
            Refused: the picture cannot be used, or shows too many people.
            Unavailable: an address, a model or the storage does not answer.
        """

    async def find(self, likeness: Likeness, question: PictureQuestion) -> frozenset[str]:
        """Ids of all stored tracks that look like that, once all can be searched.

        Every track whose rows were committed before this is called is found.
        """

    async def alike(
        self,
        wanted: Mapping[str, tuple[Likeness, PictureQuestion]],
        vectors: Sequence[StoredVector],
    ) -> Mapping[str, frozenset[str]]:
        """By the same names, the ids of the tracks of these vectors that look like that."""
