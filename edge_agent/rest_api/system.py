"""How busy the box is."""

import os
import resource
import shutil

import anyio
from fastapi import APIRouter

from edge_agent.domain.errors import Unavailable
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire import system as wire

_KIB = 1024


def system_routes(parts: RestParts) -> APIRouter:
    """Make /v1/system.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/system", tags=["box"])

    @router.get("")
    async def system() -> wire.System:
        """Tell how busy the box is and what became of the frames."""
        try:
            disk = await anyio.to_thread.run_sync(shutil.disk_usage, parts.clips)
        except OSError as error:
            raise Unavailable(f"the disk cannot be asked: {error}") from error
        dropped = parts.counters.read("edge_agent_mqtt_dropped_total")
        return wire.System(
            cores=os.cpu_count() or 1,
            load=os.getloadavg()[0],
            memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB,
            disk=wire.Disk(total=disk.total, free=disk.free),
            frames=_frames(parts),
            dropped_messages=int(sum(dropped.values())),
        )

    return router


def _frames(parts: RestParts) -> list[wire.Frames]:
    by_camera: dict[str, dict[str, int]] = {}
    for labels, count in parts.counters.read("edge_agent_frames_total").items():
        named = dict(labels)
        by_camera.setdefault(named["camera"], {})[named["stage"]] = int(count)
    return [wire.Frames(camera=name, stages=by_camera[name]) for name in sorted(by_camera)]
