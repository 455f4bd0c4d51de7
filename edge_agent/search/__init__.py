"""Picture searches: who of those the box remembers is in this picture.

`picture_searches` keeps questions as jobs, `question` checks them, `answering` turns one into an
outcome: `asked` finds the people in the picture, `compare` asks the index, `ranking` fuses faces
and bodies. `outcome` writes the end. `likenesses` offers looking and comparing to those who keep
whom they look for, as investigations do. See docs/search.md for what askers may rely on.
"""

from edge_agent.search.options import SearchOptions
from edge_agent.search.picture_searches import AlreadyAnswered, PictureSearches, RequestKey
from edge_agent.search.pictures import QueryPictures
from edge_agent.search.ports import Eyes, Pictures

__all__ = [
    "AlreadyAnswered",
    "Eyes",
    "PictureSearches",
    "Pictures",
    "QueryPictures",
    "RequestKey",
    "SearchOptions",
]
