"""Operations on what tracks mean to the store: orders and visits."""

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.commands.ports import Audit
from edge_agent.tasks import Orders, Sessions
from edge_agent.wire import visits as wire
from edge_agent.wire.model import Answer, parsed


class VisitOperations:
    """The operations, and the table of them."""

    def __init__(self, orders: Orders, sessions: Sessions, audit: Audit) -> None:
        self._audit = audit
        self._orders = orders
        self._sessions = sessions
        self.table: dict[str, Operation] = {
            "order.put": Operation(self._order_put, remembered=True),
            "order.get": Operation(self._order_get),
            "session.get": Operation(self._session_get),
            "session.list": Operation(self._session_list),
            "session.split": Operation(self._session_split, remembered=True),
            "session.merge": Operation(self._session_merge, remembered=True),
        }

    async def _order_put(self, call: Call) -> Answer:
        wanted = parsed(wire.OrderPut, call.parameters)
        return wire.order(*await self._orders.put(wanted.order()))

    async def _order_get(self, call: Call) -> Answer:
        wanted = parsed(wire.OrderGet, call.parameters)
        return wire.order(*await self._orders.get(wanted.id))

    async def _session_get(self, call: Call) -> Answer:
        wanted = parsed(wire.SessionGet, call.parameters)
        found = await self._sessions.get(wanted.session)
        await self._audit.looked(ASKER, "session.view", {"session": wanted.session})
        return wire.session(found)

    async def _session_list(self, call: Call) -> Answer:
        wanted = parsed(wire.SessionList, call.parameters)
        page = await self._sessions.sessions(
            start_ms=wanted.start_ms,
            end_ms=wanted.end_ms,
            after=wanted.after,
            limit=wanted.limit,
        )
        shown = [wire.session(session) for session in page.sessions]
        return wire.Sessions(sessions=shown, next=page.after)

    async def _session_split(self, call: Call) -> Answer:
        wanted = parsed(wire.SessionSplit, call.parameters)
        made = await self._sessions.split(wanted.session, wanted.tracks, asker=ASKER)
        return wire.session(made)

    async def _session_merge(self, call: Call) -> Answer:
        wanted = parsed(wire.SessionMerge, call.parameters)
        return wire.session(await self._sessions.merge(wanted.sessions, asker=ASKER))
