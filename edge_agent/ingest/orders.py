"""What the daemon orders, and the thread of a worker that obeys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.control import ControlLine, unpack
from edge_agent.ingest.desk import Desk
from edge_agent.ingest.recorder import ClipLostError, Recorder


@dataclass(frozen=True, slots=True)
class Attention:
    """What the daemon wants to see.

    Attributes:
        live: somebody is being followed, so frames pass though nothing moves.
        fps: so many frames per second; None means the camera's `detect_fps`.
    """

    live: bool = False
    fps: float | None = None


def close_clip(recorder: Recorder, control: ControlLine, *, asked: bool, reason: str) -> None:
    """End the open clip, if there is one, and say what became of it."""
    try:
        clip = recorder.stop()
    except ClipLostError as lost:
        control.send("lost", id=lost.fragment_id, reason=str(lost))
        return
    if clip is not None:
        control.send(
            "closed",
            id=clip.fragment_id,
            start_ms=clip.start_ms,
            end_ms=clip.end_ms,
            size=clip.size,
            codec=clip.codec,
            sha256=clip.sha256,
            asked=asked,
            reason=reason,
        )


def obey(
    lines: Iterator[bytes],
    control: ControlLine,
    attend: Callable[[Attention], None],
    desk: Desk,
    recorder: Recorder,
    *,
    want: Callable[[int], None] | None = None,
) -> None:
    """Do what the daemon says until it hangs up.

    Args:
        lines: what it says.
        control: the line to it.
        attend: is told what it wants to see.
        desk: gets the slots that it grants.
        recorder: starts and ends clips.
        want: is told which pictures of the main stream are wanted, where there is one.
    """
    for line in lines:
        kind, fields = unpack(line)
        if kind == "grant":
            desk.grant(fields["slot"])
        elif kind == "attend":
            attend(Attention(live=bool(fields["live"]), fps=fields["fps"]))
        elif kind == "record":
            _record(control, recorder, fields["id"], Path(fields["path"]))
        elif kind == "stop":
            close_clip(recorder, control, asked=True, reason="asked")
        elif kind == "closeup" and want is not None:
            want(fields["at_ms"])


def _record(control: ControlLine, recorder: Recorder, fragment_id: str, path: Path) -> None:
    try:
        start_ms = recorder.start(fragment_id, path)
    except Unavailable as error:
        control.send("lost", id=fragment_id, reason=str(error))
    else:
        control.send("recording", id=fragment_id, start_ms=start_ms)
