"""What can be tuned of fingerprints."""

from dataclasses import dataclass, field

from edge_agent.media import PictureLimits, SampleLimits
from edge_agent.outbound import FetchLimits

MONTH_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintOptions:
    """How fingerprints are made and asked for.

    Attributes:
        limits: of reading one file.
        fetch: how far the box goes for an address.
        pictures: limits of pictures.
        lanes: jobs that are worked on at once, each of another library.
        most_unfinished: jobs that wait or are under way; more are refused as busy.
        most_starts: a job that the box has died over so often fails.
        history_ms: how long ended jobs are kept.
        recordings: whether the box's own clips are printed.
        text_bytes: longer texts are refused.
    """

    limits: SampleLimits = field(default_factory=SampleLimits)
    fetch: FetchLimits = field(default_factory=lambda: FetchLimits(seconds=120, max_bytes=1 << 28))
    pictures: PictureLimits = field(default_factory=PictureLimits)
    lanes: int = 2
    most_unfinished: int = 1000
    most_starts: int = 3
    history_ms: int = 6 * MONTH_MS
    recordings: bool = True
    text_bytes: int = 4 << 20
