"""Operations on the list of staff."""

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.tasks import Staff, Told
from edge_agent.wire import staff as wire
from edge_agent.wire.model import Answer, parsed


class StaffOperations:
    """The operations, and the table of them."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self.table: dict[str, Operation] = {
            "staff.create": Operation(self._create, remembered=True),
            "staff.list": Operation(self._list),
            "staff.change": Operation(self._change, remembered=True),
            "staff.delete": Operation(self._delete, remembered=True),
        }

    async def _create(self, call: Call) -> Answer:
        wanted = parsed(wire.StaffCreate, call.parameters)
        made = await self._staff.create(Told.of(wanted), staff_id=wanted.id, asker=ASKER)
        return wire.person(made, self._staff.models)

    async def _list(self, call: Call) -> Answer:
        parsed(wire.StaffList, call.parameters)
        everybody = await self._staff.members()
        return wire.People(staff=[wire.person(each, self._staff.models) for each in everybody])

    async def _change(self, call: Call) -> Answer:
        wanted = parsed(wire.StaffChange, call.parameters)
        changed = await self._staff.change(wanted.id, Told.of(wanted), asker=ASKER)
        return wire.person(changed, self._staff.models)

    async def _delete(self, call: Call) -> Answer:
        wanted = parsed(wire.StaffDelete, call.parameters)
        gone = await self._staff.delete(wanted.id, asker=ASKER)
        return wire.person(gone, self._staff.models)
