"""Requests that leave the box for an address somebody gave: a picture's, or a webhook's.

Standard library only, because the address that was judged must be the one that is connected to:
a client that resolves the name once more can be led inside by a name server that answers
differently the second time.
"""

from edge_agent.outbound.exchange import place_of
from edge_agent.outbound.fetch import FetchLimits, fetch_picture
from edge_agent.outbound.post import PostLimits, post
from edge_agent.outbound.telling import MOST_REFUSALS, Outcome, Tried, tell

__all__ = [
    "MOST_REFUSALS",
    "FetchLimits",
    "Outcome",
    "PostLimits",
    "Tried",
    "fetch_picture",
    "place_of",
    "post",
    "tell",
]
