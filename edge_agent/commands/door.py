"""From message to operation to answer."""

import asyncio
import json
import logging
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NoReturn, Self

from edge_agent.commands.call import Call, Operation
from edge_agent.commands.operations import Operations
from edge_agent.domain.errors import AgentError, Expired, Refused, Retained, TooLarge, Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Reply
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.connection import PublishRefused
from edge_agent.mqtt.message import Message
from edge_agent.mqtt.topics import Topics, last_level
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.search import AlreadyAnswered, RequestKey
from edge_agent.storage import Store, Transaction
from edge_agent.storage.outbox import append_reply
from edge_agent.storage.requests import RememberedAnswer, remember, remembered
from edge_agent.wire.command import (
    Address,
    Command,
    Request,
    address_of,
    command_of,
    correlation_field,
)
from edge_agent.wire.errors import error_body
from edge_agent.wire.json_body import PAYLOAD_LIMIT, read_object
from edge_agent.wire.model import Answer

log = logging.getLogger(__name__)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """How the MQTT door works.

    Attributes:
        deadline: seconds that an operation may take before it is given up and `unavailable`.
        waiting: how many requests may wait; the broker keeps the others back.
    """

    deadline: float = 20.0
    waiting: int = 64


class CommandDoor:
    """Takes requests from the broker and answers them.

    Made before `Broker.run` starts, because it subscribes.
    """

    def __init__(
        self,
        operations: Operations,
        store: Store,
        broker: Broker,
        topics: Topics,
        *,
        options: CommandOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._operations = operations
        self._store = store
        self._broker = broker
        self._topics = topics
        self._options = options
        self._clock = clock
        self._subscription = broker.subscribe(topics.commands, capacity=options.waiting)
        self._handled = counters.counter(
            "edge_agent_commands_total", "Requests by MQTT, by operation and outcome."
        )
        self._unanswered = counters.counter(
            "edge_agent_commands_unanswered_total",
            "Answers by MQTT that could not be sent, by why.",
        )

    async def run(self) -> NoReturn:
        """Take requests for ever."""
        async for message in self._subscription.messages():
            await self._take(message)
        raise AssertionError("a subscription never ends")

    async def _take(self, message: Message) -> None:
        request = Request(
            operation=last_level(message.topic),
            payload=message.payload,
            response_topic=message.response_topic,
            correlation=message.correlation,
            request_id=message.user_property("request-id"),
        )
        body, fault = _read(message)
        address = address_of(request, body, self._topics.root)
        request_id = address.request_id or new_id(self._clock.now_ms())
        async with _LastWord(self, message, address, request_id):
            answer = await self._answer(request, body, fault, request_id)
        message.ack()
        await self.send(address, answer)

    async def _answer(
        self, request: Request, body: Body, fault: Refused | None, request_id: str
    ) -> Body:
        outcome, answer = "ok", Body()
        try:
            if fault is not None:
                raise fault
            command = command_of(request, body, self._topics.root)
            answer = await self._run(command, request_id)
        except AlreadyAnswered as repeat:
            answer = dict(repeat.first.answer)
        except (Refused, Unavailable) as error:
            log.log(
                logging.INFO if isinstance(error, Refused) else logging.WARNING,
                "request %s (%r) refused: %s",
                request_id,
                request.operation[:64],
                error,
            )
            outcome, answer = error_body(error)["code"], refused(request_id, error)
        known = request.operation if request.operation in self._operations.table else "unknown"
        self._handled.add(operation=known, outcome=outcome)
        return answer

    async def _run(self, command: Command, request_id: str) -> Body:
        operation = self._operations.find(command.operation)
        first = await self._first_answer(command)
        if first is not None:
            return first
        now_ms = self._clock.now_ms()
        if command.expires_ms is not None and command.expires_ms < now_ms:
            late = now_ms - command.expires_ms
            raise Expired(f"the request expired {late} ms ago and was not run", field="expires_at")
        call = self._call(command, operation, request_id)
        deadline = asyncio.timeout(self._options.deadline)
        try:
            async with deadline:
                data = await operation.handle(call)
        except TimeoutError:
            if not deadline.expired():
                raise
            message = f"{command.operation} took longer than {self._options.deadline:g} s"
            raise Unavailable(f"{message}; ask again") from None
        answer = done(request_id, data)
        if operation.remembered and command.address.request_id is not None:
            async with self._store.transaction() as tx:
                await self._remember(tx, command, answer)
        return answer

    async def _first_answer(self, command: Command) -> Body | None:
        """Return what the same request was answered before.

        Raises:
            Refused: the request id was used for another request.
        """
        if command.address.request_id is None:
            return None
        request_id = command.address.request_id
        first = await self._store.at_once(lambda reads: remembered(reads, request_id))
        if first is None:
            return None
        if (first.operation, first.digest) != (command.operation, command.digest):
            raise Refused(
                f"request_id {first.request_id} was used for another request; take a new one",
                field="request_id",
            )
        # another door remembers its answers in another shape; the operation knows what to do
        return dict(first.answer) if "ok" in first.answer else None

    def _call(self, command: Command, operation: Operation, request_id: str) -> Call:
        address = command.address
        topic = self._topic(address)
        if not operation.remembered or address.request_id is None:
            key = None
        else:
            key = RequestKey(id=address.request_id, digest=command.digest)

        async def remember_answer(tx: Transaction, data: Answer) -> None:
            await self._remember(tx, command, done(request_id, data))

        return Call(
            parameters=command.parameters,
            reply=None if topic is None else Reply(topic=topic, correlation=address.correlation),
            request=key,
            remember=None if key is None else remember_answer,
        )

    async def _remember(self, tx: Transaction, command: Command, answer: Body) -> None:
        request_id = command.address.request_id
        if request_id is None or await remembered(tx, request_id) is not None:
            return
        await remember(
            tx,
            RememberedAnswer(
                request_id=request_id,
                operation=command.operation,
                digest=command.digest,
                answer=answer,
                at_ms=self._clock.now_ms(),
            ),
        )

    def _topic(self, address: Address) -> str | None:
        if address.topic is not None:
            return address.topic
        return None if address.request_id is None else self._topics.reply(address.request_id)

    async def send(self, address: Address, answer: Body) -> None:
        """Send an answer; one that meets a broken line is kept for the next."""
        topic = self._topic(address)
        if topic is None:
            self._unanswered.add(why="no address")
            log.info("a request without request id and response topic was not answered")
            return
        body = {**answer, **correlation_field(address.correlation)}
        written = json.dumps(body, ensure_ascii=False).encode()
        try:
            await self._broker.publish(topic, written, correlation=address.correlation)
        except PublishRefused as error:
            self._unanswered.add(why="refused")
            log.warning("an answer was not sent: %s", error)
        except Unavailable as error:
            log.info("an answer waits for the broker: %s", error)
            await self._keep(Reply(topic=topic, correlation=address.correlation), answer)

    async def _keep(self, reply: Reply, answer: Body) -> None:
        try:
            async with self._store.transaction() as tx:
                await append_reply(tx, reply, answer, self._clock.now_ms())
        except Unavailable as error:
            self._unanswered.add(why="disk")
            log.warning("an answer was lost: %s", error)


class _LastWord:
    """Answers `internal` and acknowledges the message when a bug is on its way out.

    The bug goes on and ends the daemon. But a message that is never acknowledged would come again
    after the restart, meet the same bug, and so on for ever.
    """

    def __init__(
        self, door: CommandDoor, message: Message, address: Address, request_id: str
    ) -> None:
        self._door = door
        self._message = message
        self._address = address
        self._request_id = request_id

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, Exception):
            self._message.ack()
            said = AgentError("this is a fault of the box; its log says more")
            await self._door.send(self._address, refused(self._request_id, said))


def done(request_id: str, data: Answer) -> Body:
    """Make the answer of an operation that was done."""
    return {"request_id": request_id, "ok": True, "data": data.model_dump(mode="json")}


def refused(request_id: str, error: AgentError) -> Body:
    """Make the answer of an operation that was not done."""
    return {"request_id": request_id, "ok": False, "error": error_body(error)}


def _read(message: Message) -> tuple[Body, Refused | None]:
    """Read the body as far as it can be read, and say what is wrong with the message."""
    body, fault = Body(), None
    try:
        if message.size > PAYLOAD_LIMIT:
            raise TooLarge(f"the message has {message.size} bytes, the limit is {PAYLOAD_LIMIT}")
        body = read_object(message.payload or b"{}")
    except Refused as error:
        fault = error
    if message.retained:
        fault = Retained("requests are never retained; publish it without the retain flag")
    return body, fault
