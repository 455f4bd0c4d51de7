"""Options of what keeps the disk in order."""

from edge_agent.settings.model import Model
from edge_agent.settings.units import ms
from edge_agent.upkeep import (
    BackupOptions,
    DiskOptions,
    RebuildOptions,
    ReembedOptions,
    RepairOptions,
    RetentionOptions,
    ScrubOptions,
    UpkeepOptions,
)


def upkeep_options(model: Model) -> UpkeepOptions:
    """What keeps disk, index and vectors in order."""
    disk, kept, upkeep = model.disk, model.retention, model.upkeep
    return UpkeepOptions(
        disk=DiskOptions(
            stop_recording_below=disk.stop_recording_below,
            resume_above=disk.resume_above,
            delete_clips_below=disk.delete_clips_below,
            every=disk.check_every,
        ),
        retention=RetentionOptions(
            tracks_ms=ms(kept.tracks),
            clips_ms=ms(kept.clips),
            jobs_ms=ms(kept.jobs),
            requests_ms=ms(kept.requests),
        ),
        rebuild=RebuildOptions(batch=model.index.rebuild_batch, pause=model.index.rebuild_pause),
        reembed=ReembedOptions(share=model.index.reembed_share),
        repair=RepairOptions(every=upkeep.sweep_every),
        scrub=ScrubOptions(bytes_per_s=upkeep.scrub_per_second, every=upkeep.scrub_every),
        backup=BackupOptions(every=upkeep.backup_every, keep=upkeep.backups),
    )
