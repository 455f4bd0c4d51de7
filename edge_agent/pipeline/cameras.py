"""All cameras: each has a task of its own while it is switched on."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from edge_agent.domain.errors import NotFound, Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.pipeline.camera import Camera
from edge_agent.pipeline.news import tell_camera
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.supervise import Backoff, insist
from edge_agent.storage.audit import append_audit
from edge_agent.storage.cameras import (
    CameraRow,
    ensure_cameras,
    get_cameras,
    set_enabled,
)
from edge_agent.storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """How one camera of the configuration comes to be.

    Attributes:
        make: makes a fresh `Camera`; called whenever it is switched on.
        on_at_first: whether it is switched on when it is seen in the configuration for the first
            time; from then on operators decide.
    """

    make: Callable[[], Camera]
    on_at_first: bool = True


class Cameras:
    """Owns every camera of the configuration."""

    def __init__(self, makers: Mapping[str, Maker], store: Store, clock: Clock) -> None:
        self._makers = makers
        self._store = store
        self._clock = clock
        self._on: dict[str, asyncio.Event] = {camera: asyncio.Event() for camera in makers}
        self._off: dict[str, asyncio.Event] = {camera: asyncio.Event() for camera in makers}
        self._running: dict[str, Camera] = {}

    @property
    def ids(self) -> frozenset[str]:
        """Every camera of the configuration."""
        return frozenset(self._makers)

    async def run(self) -> None:
        """Watch with every camera that is switched on, until cancelled."""
        for row in await self._rows():
            if row.id in self._on and not self._switched(row.id):
                (self._on if row.enabled else self._off)[row.id].set()
        async with asyncio.TaskGroup() as group:
            for camera in self._makers:
                group.create_task(self._watch(camera), name=f"camera {camera}")

    async def switch(self, camera: str, *, on: bool, asker: str) -> None:
        """Switch a camera on or off; what is already so stays so.

        Raises:
            NotFound: no such camera in the configuration.
        """
        if camera not in self._makers:
            known = ", ".join(sorted(self._makers))
            raise NotFound(f"no camera {camera!r}; known: {known}", field="camera")
        now = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await set_enabled(tx, camera, enabled=on)
            await append_audit(
                tx, who=asker, action="camera.enable" if on else "camera.disable",
                detail={"camera": camera}, at_ms=now,
            )  # fmt: skip
        before, after = (self._off, self._on) if on else (self._on, self._off)
        before[camera].clear()
        after[camera].set()

    def stalled(self) -> str | None:
        """Which camera says it is up and yet has not been looked at for long, if any."""
        for camera in self._running.values():
            since = camera.stalled()
            if since is not None:
                return f"camera {camera.id} has not been looked at for {since:.0f} s"
        return None

    def followed(self) -> int:
        """How many people are in view of all cameras."""
        return sum(camera.followed for camera in self._running.values())

    def _switched(self, camera: str) -> bool:
        """Whether somebody was faster than the row that was read."""
        return self._on[camera].is_set() or self._off[camera].is_set()

    async def _rows(self) -> list[CameraRow]:
        known = {row.id for row in await get_cameras(self._store)}
        async with self._store.transaction() as tx:
            await ensure_cameras(tx, sorted(self._makers))
            for camera, maker in self._makers.items():
                if camera not in known and not maker.on_at_first:
                    await set_enabled(tx, camera, enabled=False)
        return await get_cameras(self._store)

    async def _watch(self, camera: str) -> None:
        while True:
            await self._on[camera].wait()
            self._running[camera] = running = self._makers[camera].make()
            try:
                async with asyncio.TaskGroup() as group:
                    task = group.create_task(running.run(), name=f"{camera} on")
                    await self._off[camera].wait()
                    task.cancel()
            finally:
                del self._running[camera]
            await insist(
                f"the news that camera {camera} was switched off",
                partial(
                    tell_camera,
                    self._store,
                    camera,
                    EventKind.CAMERA_DOWN,
                    "switched off",
                    at_ms=self._clock.now_ms(),
                ),
                retry_on=Unavailable,
                backoff=Backoff(first=0.5, longest=30.0),
            )
