"""Text searches: who of those the box remembers fits a question in words.

`words` reads the text; `asked` says what of it this box can answer and with which filters;
`statements` puts it into SQL, filters first; `likenesses` holds the text as a whole against
pictures, where there is a model for it; `ranking` makes hits of what comes back; `telling` shows
them; `text_searches` checks, audits and answers. Answered at once, within a deadline. docs/words.md
says what askers may rely on.
"""

from edge_agent.text_search.asked import Asked, Part, TextQuestion, Use
from edge_agent.text_search.likenesses import Likenesses
from edge_agent.text_search.ranking import Found, Reason, TextHit
from edge_agent.text_search.telling import told
from edge_agent.text_search.text_searches import Once, TextSearches, TextSearchOptions

__all__ = [
    "Asked",
    "Found",
    "Likenesses",
    "Once",
    "Part",
    "Reason",
    "TextHit",
    "TextQuestion",
    "TextSearchOptions",
    "TextSearches",
    "Use",
    "told",
]
