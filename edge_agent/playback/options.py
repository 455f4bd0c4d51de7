"""What can be tuned of how clips are shown."""

from dataclasses import dataclass, field

from edge_agent.media import RenderLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackOptions:
    """How clips are shown.

    Attributes:
        cache_bytes: of renderings and thumbnails; the least lately used go.
        unused_ms: what nobody has asked for for so long goes.
        limits: of rendering one clip.
        waiting: renderings that wait or are under way; more are refused as busy.
        patience_s: an asker waits so long for a rendering, and is then told to ask again.
        retry_s: what could not be rendered is not tried again for so long.
    """

    cache_bytes: int = 2 << 30
    unused_ms: int = 7 * 86_400_000
    limits: RenderLimits = field(default_factory=RenderLimits)
    waiting: int = 64
    patience_s: float = 10.0
    retry_s: float = 600.0
