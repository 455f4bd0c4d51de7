"""Questions in words: text in Chinese or English becomes typed parts; no I/O.

`Reader` reads a text into a `Question`: attributes, objects and actions that are wanted, places
of the box, one range of time in the store's timezone, and the words that mean nothing here. Which
of it a box can answer is for the caller to say: everything that is understood is named, whether
it is told on this box or not.

`entries` is the form of the lexicon, `clothes`, `things` and `small_words` are what stands in it;
`scanner` cuts a text into words, `grammar` puts them together; `days`, `clocks` and `moments` read
times; `places` knows what cameras and zones are called; `tables` prints the lexicon for
docs/words.md.
"""

from edge_agent.words.concepts import AskedPlace, AskedTime, Kind, Question, Span, Wanted
from edge_agent.words.places import KnownPlace
from edge_agent.words.reader import Reader

__all__ = [
    "AskedPlace",
    "AskedTime",
    "Kind",
    "KnownPlace",
    "Question",
    "Reader",
    "Span",
    "Wanted",
]
