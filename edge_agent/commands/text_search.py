"""The operation that finds people by words."""

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.commands.ports import Reads
from edge_agent.queries import TrackFilter
from edge_agent.text_search import Found, TextQuestion, TextSearches, told
from edge_agent.wire import answers
from edge_agent.wire.model import Answer, parsed
from edge_agent.wire.text_search import TextSearch, TextSearchCreate


class TextSearchOperations:
    """The operation, and the table with it.

    Args:
        searches: answers them.
        reads: the tracks that are shown.
        links: to pictures and clips.
    """

    def __init__(self, searches: TextSearches, reads: Reads, links: answers.Links) -> None:
        self._searches = searches
        self._reads = reads
        self._links = links
        self.table: dict[str, Operation] = {
            "text-search": Operation(self._search, remembered=True),
        }

    async def _search(self, call: Call) -> Answer:
        question = TextQuestion.of(parsed(TextSearchCreate, call.parameters))
        return await self._searches.ask(question, asker=ASKER, shown=self._shown)

    async def _shown(self, found: Found) -> TextSearch:
        ids = frozenset(hit.track for hit in found.hits)
        wanted = TrackFilter(ids=ids, include_staff=True)
        rows = (await self._reads.tracks(wanted, limit=len(ids))).rows if ids else ()
        return told(found, {row.id: answers.track(row.as_track(), self._links) for row in rows})
