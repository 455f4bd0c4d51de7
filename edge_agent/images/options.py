"""How instances are run."""

from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.domain.image_item import ImageInstance
from edge_agent.outbound import FetchLimits, PostLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesOptions:
    """How instances are run.

    Attributes:
        instances: as configured.
        import_folder: whose subfolders are the buckets of imports; None refuses imports.
        fetch: how far the box goes for a picture by its address; 5 s, as the cloud.
        callback: how far it goes to tell the end of an import.
        keep_side: a kept picture is scaled down to this many pixels along its longer side.
        look_again_share: of the time of one vision thread, that items are looked at again with
            where models have changed.
    """

    instances: tuple[ImageInstance, ...] = ()
    import_folder: Path | None = None
    fetch: FetchLimits = field(
        default_factory=lambda: FetchLimits(seconds=5.0, max_bytes=4 * 1024 * 1024)
    )
    callback: PostLimits = field(default_factory=PostLimits)
    keep_side: int = 1024
    look_again_share: float = 0.25
