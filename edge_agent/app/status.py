"""How the box is: for `box.status`, `/readyz`, `/healthz` and systemd's watchdog."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from edge_agent.mqtt.client import Broker
from edge_agent.pipeline.cameras import Cameras
from edge_agent.pipeline.memory import Memory
from edge_agent.queries import Queries
from edge_agent.rest_api.certificate import ServerCertificate
from edge_agent.runtime.clock import Clock
from edge_agent.settings import Settings
from edge_agent.storage.outbox import consumers
from edge_agent.storage.store import Store
from edge_agent.upkeep import Upkeep
from edge_agent.vision.vision import PackInfo
from edge_agent.wire import box_status
from edge_agent.wire.attributes import askable

VERSION = version("edge-agent")

_STUCK_AFTER = 120.0
"""Seconds that one group of tracks may be on its way to the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Everything that is looked at."""

    settings: Settings
    store: Store
    queries: Queries
    cameras: Cameras
    memory: Memory
    upkeep: Upkeep
    pack: PackInfo
    clock: Clock


class Status:
    """Answers how the box is; made once everything has been built."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._started_ms = watched.clock.now_ms()
        self._broker: Broker | None = None
        self._certificate: ServerCertificate | None = None

    def watch_certificate(self, certificate: ServerCertificate) -> None:
        """Tell from now on when the certificate of the https side needs somebody."""
        self._certificate = certificate

    def watch(self, broker: Broker) -> None:
        """Tell from now on when the broker is away; never called where there is no MQTT."""
        self._broker = broker

    def alive(self) -> Sequence[str]:
        """What stands still although it should not; empty when all is well."""
        return [reason for reason in (self._watched.cameras.stalled(), self._memory()) if reason]

    def progressing(self) -> str | None:
        """The same as one line for the watchdog, None when all is well."""
        return "; ".join(self.alive()) or None

    def ready(self) -> Sequence[str]:
        """What has to come up before questions are answered fully; empty when ready."""
        rebuild = self._watched.upkeep.rebuild
        return [] if rebuild.complete else [f"the index holds {rebuild.progress:.0%}"]

    async def box(self) -> box_status.BoxStatus:
        """Everything an operator asks first."""
        watched = self._watched
        box, pack = watched.settings.box, watched.pack
        rows = await watched.queries.cameras()
        counts = asdict(await watched.queries.counts())
        reembed = watched.upkeep.reembed
        return box_status.BoxStatus(
            tenant=box.tenant,
            store=box.store,
            box=box.id,
            version=VERSION,
            now_ms=watched.clock.now_ms(),
            started_ms=self._started_ms,
            epoch=watched.store.epoch,
            pack=box_status.Pack(
                name=pack.name,
                licence=pack.licence,
                notes=list(pack.notes),
                face_model=pack.face_model,
                body_model=pack.body_model,
                face_threshold=pack.face_threshold,
                body_threshold=pack.body_threshold,
                attributes=askable(pack.attributes),
            ),
            cameras=[
                box_status.Camera.model_validate(asdict(row))
                for row in rows
                if row.id in watched.cameras.ids
            ],
            embedding=box_status.Embedding(
                progress=reembed.progress,
                complete=reembed.complete,
                left=reembed.left,
                failed=reembed.failed,
            ),
            counts={name: count or 0 for name, count in counts.items()},
            consumers=[
                box_status.Consumer(
                    name=one.name,
                    acked_seq=one.acked_seq,
                    heard_ms=one.heard_ms,
                    lapsed=one.lapsed,
                )
                for one in await consumers(watched.store)
            ],
            alarms=await self._alarms(),
        )

    async def _alarms(self) -> list[str]:
        watched = self._watched
        found = [*self.alive(), *self.ready()]
        reembed = watched.upkeep.reembed
        if reembed.left:
            found.append(
                f"the index is incomplete: {reembed.progress:.0%} of the stored pictures are"
                " embedded by the models in use; searches find only those"
            )
        if not watched.upkeep.recording_allowed():
            found.append("recording has stopped: the disk is too full")
        if self._broker is not None and not self._broker.connected:
            found.append("no connection to the broker; the log says why")
        if self._certificate is not None and self._certificate.problem:
            found.append(self._certificate.problem)
        lapsed = [one.name for one in await consumers(watched.store) if one.lapsed]
        if lapsed:
            found.append(f"consumers have lapsed: {', '.join(lapsed)}")
        down = [
            row.id for row in await watched.queries.cameras() if row.state in ("down", "frozen")
        ]
        if down:
            found.append(f"cameras without a picture: {', '.join(down)}")
        return found

    def _memory(self) -> str | None:
        since = self._watched.memory.busy_since
        if since is None or self._watched.clock.monotonic() - since < _STUCK_AFTER:
            return None
        return f"tracks have not become durable for {_STUCK_AFTER:.0f} s"
