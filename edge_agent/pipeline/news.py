"""What the world is told of a camera: that it came or went, and what is wrong with it."""

import asyncio
from collections.abc import Sequence
from typing import Literal, cast

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.ingest.events import PictureFault
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, insist
from edge_agent.storage.cameras import CameraFault, set_camera_faults, set_camera_state
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Transaction
from edge_agent.wire.events import camera_changed, camera_fault

Blind = Literal["black", "covered", "frozen"]
Doubtful = Literal["blurred", "moved", "slow", "clock", "backwards", "main_stream"]

BLIND = ("black", "covered", "frozen")
"""Nothing can be seen: the camera counts as frozen, not as up."""

_WORDS = {
    "black": ("the picture is black", "the picture is no longer black"),
    "covered": ("the picture is covered", "the picture is no longer covered"),
    "frozen": ("the picture is frozen", "the picture is no longer frozen"),
    "blurred": ("the lens is covered or out of focus", "the picture is sharp again"),
    "moved": ("the camera looks elsewhere", "the camera looks where it did"),
    "slow": ("too few pictures come", "pictures come as often as they should"),
    "clock": ("the camera's clock leapt", "the camera's clock runs well again"),
    "main_stream": (
        "the main stream is away, so there are no clips and close-ups",
        "the main stream is back",
    ),
    "backwards": ("the camera's time ran backwards", "the camera's time runs forwards again"),
}

_RETRY = Backoff(first=0.5, longest=30.0)


class News:
    """Tells of one camera; each change once, with its event, and in order.

    Attributes:
        reported: what the world believes the camera is.
    """

    def __init__(self, camera: str, store: Store, clock: Clock, counters: Counters) -> None:
        self._camera = camera
        self._store = store
        self._clock = clock
        self._telling = asyncio.Lock()
        self._faults: dict[str, CameraFault] = {}
        self._counted = counters.counter(
            "edge_agent_camera_faults_total",
            "Faults of cameras that deliver, by camera, fault and change: began or ended.",
        )
        self.reported: EventKind | None = None

    @property
    def waiting(self) -> bool:
        """Whether something is being written, perhaps on a disk that is away."""
        return self._telling.locked()

    async def report(self, kind: EventKind, reason: str) -> None:
        """Write a change of state once, with its event; a repeated failure is no change."""
        async with self._telling:
            if self.reported is kind:
                return
            self.reported = kind
            faults = self._end_all("the camera is away") if kind is EventKind.CAMERA_DOWN else []
            await self._write(kind, reason, faults)

    async def fault(self, event: PictureFault) -> None:
        """Take what the worker says; of a camera that has gone meanwhile it says nothing."""
        async with self._telling:
            if self.reported is EventKind.CAMERA_DOWN:
                return
            if event.present:
                if event.kind not in self._faults:
                    await self._began(event)
            elif event.kind in self._faults:
                await self._ended(event)

    async def unwatched(self) -> None:
        """Whatever was wrong is told as over, for nobody looks any more."""
        async with self._telling:
            await self._write(None, "", self._end_all("the camera is not watched any more"))

    async def _began(self, event: PictureFault) -> None:
        fault = CameraFault(
            fault=event.kind, since_ms=event.since_ms, reason=_said(_WORDS[event.kind][0], event)
        )
        self._faults[event.kind] = fault
        self._counted.add(camera=self._camera, fault=event.kind, change="began")
        if event.kind in BLIND:
            self.reported = EventKind.CAMERA_FROZEN
            await self._write(EventKind.CAMERA_FROZEN, fault.reason, [], blind=fault.fault)
        else:
            await self._write(None, "", [(EventKind.CAMERA_FAULT, fault)])

    async def _ended(self, event: PictureFault) -> None:
        fault = self._faults.pop(event.kind)
        self._counted.add(camera=self._camera, fault=event.kind, change="ended")
        reason = _WORDS[event.kind][1]
        if event.kind not in BLIND:
            over = CameraFault(
                fault=event.kind, since_ms=fault.since_ms, reason=event.detail or reason
            )
            await self._write(None, "", [(EventKind.CAMERA_CLEARED, over)])
            return
        left = self._blind()
        if left is not None:
            text = f"{reason}, but {left.reason}"
            await self._write(EventKind.CAMERA_FROZEN, text, [], blind=left.fault)
            return
        self.reported = EventKind.CAMERA_UP
        await self._write(EventKind.CAMERA_UP, reason, [])

    def _blind(self) -> CameraFault | None:
        return next((self._faults[kind] for kind in BLIND if kind in self._faults), None)

    def _end_all(self, reason: str) -> list[tuple[EventKind, CameraFault]]:
        over = []
        for fault in self._faults.values():
            self._counted.add(camera=self._camera, fault=fault.fault, change="ended")
            if fault.fault not in BLIND:
                ended = CameraFault(fault=fault.fault, since_ms=fault.since_ms, reason=reason)
                over.append((EventKind.CAMERA_CLEARED, ended))
        self._faults.clear()
        return over

    async def _write(
        self,
        kind: EventKind | None,
        reason: str,
        faults: Sequence[tuple[EventKind, CameraFault]],
        *,
        blind: str | None = None,
    ) -> None:
        now = self._clock.now_ms()
        present = list(self._faults.values())
        why = cast("Blind | None", blind)

        async def write() -> None:
            async with self._store.transaction() as tx:
                for fault_kind, fault in faults:
                    await _tell_fault(tx, self._camera, fault_kind, fault, now)
                if kind is not None:
                    await _tell_state(tx, self._camera, kind, reason, at_ms=now, blind=why)
                await set_camera_faults(tx, self._camera, present)

        await insist(
            f"the news of camera {self._camera}", write, retry_on=Unavailable, backoff=_RETRY
        )


async def tell_camera(
    store: Store, camera: str, kind: EventKind, reason: str, *, at_ms: int
) -> None:
    """Write a camera's new state together with its event; nothing else is wrong with it.

    Raises:
        Unavailable: the disk is away; nothing was written.
    """
    async with store.transaction() as tx:
        await _tell_state(tx, camera, kind, reason, at_ms=at_ms, blind=None)
        await set_camera_faults(tx, camera, ())


async def _tell_state(
    tx: Transaction, camera: str, kind: EventKind, reason: str, *, at_ms: int, blind: Blind | None
) -> None:
    state = kind.value.rpartition(".")[2]
    await set_camera_state(tx, camera, state, since_ms=at_ms, reason=reason)
    data = camera_changed(camera, at_ms, reason, blind)
    await append_event(tx, kind, data, at_ms=at_ms, event_id=new_id(at_ms))


async def _tell_fault(
    tx: Transaction, camera: str, kind: EventKind, fault: CameraFault, at_ms: int
) -> None:
    data = camera_fault(camera, cast("Doubtful", fault.fault), fault.since_ms, fault.reason)
    await append_event(tx, kind, data, at_ms=at_ms, event_id=new_id(at_ms))


def _said(words: str, event: PictureFault) -> str:
    return f"{words}: {event.detail}" if event.detail else words
