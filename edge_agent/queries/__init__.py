"""The read side: what pages and doors show, by read-only SQL, without pipeline, search or index."""

from edge_agent.queries.pages import Page
from edge_agent.queries.queries import Queries
from edge_agent.queries.rows import Counts, FragmentRow, HitRow, TrackRow
from edge_agent.queries.track_pages import TrackFilter
from edge_agent.storage.cameras import CameraRow
from edge_agent.storage.tracks import PictureRow

__all__ = [
    "CameraRow",
    "Counts",
    "FragmentRow",
    "HitRow",
    "Page",
    "PictureRow",
    "Queries",
    "TrackFilter",
    "TrackRow",
]
