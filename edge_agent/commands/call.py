"""A request on its way to an operation, and what an operation is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from edge_agent.commands.ports import Remember
from edge_agent.domain.job import Reply
from edge_agent.search import RequestKey
from edge_agent.storage import Transaction
from edge_agent.wire.model import Answer

T = TypeVar("T")

ASKER = "mqtt"
"""Who asks, for the audit: the broker has checked the client, and does not say which it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request on its way to an operation.

    Attributes:
        parameters: as they came, unchecked.
        reply: where the outcome of a job goes besides its event.
        request: its idempotency key.
        remember: writes the answer inside the transaction that does what is asked.
    """

    parameters: Mapping[str, Any]
    reply: Reply | None = None
    request: RequestKey | None = None
    remember: Callable[[Transaction, Answer], Awaitable[None]] | None = None

    def remembering(self, answer: Callable[[T], Answer]) -> Remember[T] | None:
        """The same for whoever knows what was done, and not how it is shown."""
        remember = self.remember
        if remember is None:
            return None

        async def shown(tx: Transaction, done: T) -> None:
            await remember(tx, answer(done))

        return shown


Handle = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        handle: does it.
        remembered: a repeat of the request id gets the first answer. One that could not be done
            twice writes it by `Call.remember`, for the others the door does so afterwards.
    """

    handle: Handle
    remembered: bool = False
