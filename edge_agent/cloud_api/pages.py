"""LinkVisual's numbered pages."""

from edge_agent.wire.cloud.picture_search import Paging


def offset(paging: Paging) -> int:
    """How many items come before the page."""
    return (paging.page - 1) * paging.size
