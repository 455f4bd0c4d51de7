"""Operations on orders: who stood at the till."""

from edge_agent.commands.call import Call, Operation
from edge_agent.tasks import Orders
from edge_agent.wire import visits as wire
from edge_agent.wire.model import Answer, parsed


class VisitOperations:
    """Operations on what tracks mean to the store."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.table: dict[str, Operation] = {
            "order.put": Operation(self._order_put, remembered=True),
            "order.get": Operation(self._order_get),
        }

    async def _order_put(self, call: Call) -> Answer:
        wanted = parsed(wire.OrderPut, call.parameters)
        return wire.order(*await self._orders.put(wanted.order()))

    async def _order_get(self, call: Call) -> Answer:
        wanted = parsed(wire.OrderGet, call.parameters)
        return wire.order(*await self._orders.get(wanted.id))
