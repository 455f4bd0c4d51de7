"""Reading a question."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from edge_agent.words.concepts import Question
from edge_agent.words.grammar import Grammar
from edge_agent.words.moments import find_time
from edge_agent.words.places import Gazetteer, KnownPlace
from edge_agent.words.scanner import levelled, scan


class Reader:
    """Reads questions in Chinese and English, or in both at once.

    Args:
        places: that the box knows.
        timezone: of the store, as in `Asia/Shanghai`.
    """

    def __init__(self, places: Iterable[KnownPlace] = (), timezone: str = "UTC") -> None:
        self._places = Gazetteer(places)
        self._zone = ZoneInfo(timezone)

    def read(self, text: str, now_ms: int) -> Question:
        """Understand a text.

        Args:
            text: any; what means nothing comes back as unknown.
            now_ms: the moment it is asked, for words like yesterday.
        """
        level = levelled(text)
        time = find_time(level, now_ms, self._zone)
        tokens, unknown = scan(level, self._places.names, () if time is None else time.spans)
        read = Grammar(self._places).read(tokens)
        return Question(
            text=text,
            wanted=tuple(dict.fromkeys(read.wanted)),
            places=tuple(read.places),
            time=time,
            unknown=tuple(unknown),
        )
