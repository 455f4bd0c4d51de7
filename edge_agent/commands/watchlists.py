"""Operations on watch lists."""

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.tasks import ListChange, ToldEntry, WatchLists
from edge_agent.wire import watchlists as wire
from edge_agent.wire.answers import Links
from edge_agent.wire.model import Answer, parsed


class WatchListOperations:
    """The operations, and the table of them."""

    def __init__(self, lists: WatchLists, links: Links) -> None:
        self._lists = lists
        self._links = links
        self.table: dict[str, Operation] = {
            "watchlist.create": Operation(self._create, remembered=True),
            "watchlist.list": Operation(self._list),
            "watchlist.get": Operation(self._get),
            "watchlist.change": Operation(self._change, remembered=True),
            "watchlist.delete": Operation(self._delete, remembered=True),
            "watchlist.entry.create": Operation(self._add, remembered=True),
            "watchlist.entry.change": Operation(self._tell, remembered=True),
            "watchlist.entry.delete": Operation(self._remove, remembered=True),
            "watchlist.hits": Operation(self._hits),
        }

    async def _create(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchListCreate, call.parameters)
        return wire.watchlist(await self._lists.create(wanted, asker=ASKER))

    async def _list(self, call: Call) -> Answer:
        parsed(wire.WatchListList, call.parameters)
        lists = await self._lists.lists()
        return wire.WatchLists(watchlists=[wire.watchlist(each) for each in lists])

    async def _get(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchListId, call.parameters)
        found, entries = await self._lists.entries(wanted.list)
        return wire.with_entries(found, entries, self._lists.models, self._links)

    async def _change(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchListChange, call.parameters)
        changed = await self._lists.change(wanted.list, ListChange.of(wanted), asker=ASKER)
        return wire.watchlist(changed)

    async def _delete(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchListId, call.parameters)
        return wire.watchlist(await self._lists.delete(wanted.list, asker=ASKER))

    async def _add(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchEntryCreate, call.parameters)
        told = ToldEntry.of(wanted)
        made = await self._lists.add(wanted.list, told, entry_id=wanted.id, asker=ASKER)
        return wire.entry(made, self._lists.models, self._links)

    async def _tell(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchEntryChange, call.parameters)
        told = ToldEntry.of(wanted)
        changed = await self._lists.tell(wanted.list, wanted.entry, told, asker=ASKER)
        return wire.entry(changed, self._lists.models, self._links)

    async def _remove(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchEntryDelete, call.parameters)
        gone = await self._lists.remove(wanted.list, wanted.entry, asker=ASKER)
        return wire.entry(gone, self._lists.models, self._links)

    async def _hits(self, call: Call) -> Answer:
        wanted = parsed(wire.WatchHitList, call.parameters)
        found = await self._lists.hits(wanted.list, after=wanted.after, limit=wanted.limit + 1)
        return wire.hits(found, wanted.limit, self._links)
