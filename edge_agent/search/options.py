"""What searches are tuned by."""

from dataclasses import dataclass, field

from edge_agent.tracking import TieOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Limits of picture searches.

    Attributes:
        picture_bytes: largest encoded query picture.
        most_hits: the highest `limit` a question may have.
        most_unfinished: questions waiting or being answered; more are refused as busy.
        most_pictures: of one person in one question.
        most_people: a picture that shows more people needs a region.
        most_candidates: tracks per part that are looked at for one person; those that come
            nearest. Reached only with very low thresholds.
        deadline_s: a question that has not been answered after this long fails.
        rebuild_wait_s: how long a question waits for an index that is being rebuilt before it is
            answered from what is there; counted apart from the deadline.
        most_starts: a question that was interrupted by a restart of the box this often fails
            instead of being tried again: it might be what stops the box.
        tie: when a face in the query picture belongs to a body in it.
    """

    picture_bytes: int = 4 * 1024 * 1024
    most_hits: int = 200
    most_unfinished: int = 16
    most_pictures: int = 8
    most_people: int = 32
    most_candidates: int = 2000
    deadline_s: float = 60.0
    rebuild_wait_s: float = 1.0
    most_starts: int = 5
    tie: TieOptions = field(default_factory=TieOptions)
