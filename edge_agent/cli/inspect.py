"""`edge-agent inspect`: see what the box would make of a video file, without starting it."""

from collections.abc import Iterator
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused
from edge_agent.domain.vector import Part
from edge_agent.media.drawing import Box, annotated, contact_sheet
from edge_agent.media.encode import write_h264_clip
from edge_agent.media.frames import Frames, open_frames
from edge_agent.media.pictures import encode_jpeg, encode_png
from edge_agent.pipeline.inspection import Inspected, Inspection
from edge_agent.settings import Settings
from edge_agent.vision.packs import choose
from edge_agent.vision.vision import Vision

VIDEO, SHEET = ".mp4", (".jpg", ".jpeg", ".png")
_SHEET_PICTURES, _SHEET_COLUMNS, _SHEET_WIDTH = 12, 3, 640
_SHEET_QUALITY = 90


def inspect_file(file: Path, output: Path, settings: Settings, detect_fps: float) -> None:
    """Follow the people of a file, draw them, and print who was there.

    Args:
        file: any video.
        output: a new .mp4 with every picture looked at, or a .jpg or .png with twelve of them.
        settings: of the box.
        detect_fps: pictures looked at per second of the file at the most.

    Raises:
        Refused: the file is no video, or the output cannot be written.
        Unavailable: the weights cannot be had.
    """
    _check(file, output)
    with open_frames(file) as frames:
        vision = Vision.load(choose(settings.packs), settings.vision)
        inspection = Inspection(
            vision,
            settings.tracker,
            detect_fps=detect_fps,
            post_roll=settings.fragments.post_roll,
        )
        # What is interrupted leaves nothing behind that looks whole.
        part = output.with_name(output.name + ".part")
        try:
            _draw(frames, inspection, part, output.suffix.lower(), detect_fps)
            part.replace(output)
        except OSError as error:
            raise Refused(f"{output} cannot be written: {error}", field="output") from error
        finally:
            part.unlink(missing_ok=True)
    _tell(inspection)
    typer.echo(output)


def _check(file: Path, output: Path) -> None:
    if output.suffix.lower() not in (VIDEO, *SHEET):
        raise Refused(f"{output} must end in .mp4, .jpg or .png", field="output")
    if output.exists() and file.exists() and output.samefile(file):
        raise Refused(f"{output} is the file itself; name another output", field="output")
    if not output.parent.is_dir():
        raise Refused(f"there is no folder {output.parent}; make it first", field="output")


def _draw(
    frames: Frames, inspection: Inspection, output: Path, kind: str, detect_fps: float
) -> None:
    drawn = (_drawn(one) for one in inspection.frames(_told(frames)))
    if kind == VIDEO:
        write_h264_clip(output, drawn, fps=min(detect_fps, frames.fps))
        return
    sheet = contact_sheet(_spread(drawn), columns=_SHEET_COLUMNS, width=_SHEET_WIDTH)
    output.write_bytes(encode_png(sheet) if kind == ".png" else encode_jpeg(sheet, _SHEET_QUALITY))


def _told(frames: Frames) -> Iterator[tuple[int, Image]]:
    """The pictures, with a bar that says how many are done."""
    columns = (TextColumn("looking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("looking", total=frames.count or None)
        for picture in frames.pictures:
            yield picture
            progress.advance(task)


def _spread(pictures: Iterator[Image]) -> list[Image]:
    """About twelve of them, evenly spread, without keeping them all.

    Raises:
        Refused: there were none.
    """
    kept: list[Image] = []
    step = 1
    for number, picture in enumerate(pictures):
        if number % step == 0:
            kept.append(picture)
        if len(kept) == 2 * _SHEET_PICTURES:
            kept, step = kept[::2], 2 * step
    if not kept:
        raise Refused("the file has no picture; give a video file", field="file")
    count = min(_SHEET_PICTURES, len(kept))
    return [kept[round(at * (len(kept) - 1) / max(1, count - 1))] for at in range(count)]


def _drawn(frame: Inspected) -> Image:
    boxes: list[Box] = []
    for person in frame.people:
        number = person.number if person.believed else -1
        if person.face is not None:
            boxes.append(Box(person.face, "", number))
        boxes.append(Box(person.xyxy, str(person.number) if person.believed else "?", number))
    clip = f"  clip {frame.fragment}" if frame.fragment else ""
    return annotated(frame.image, boxes, f"{frame.at_ms / 1000:.2f} s{clip}")


def _tell(inspection: Inspection) -> None:
    table = Table("track", "from", "to", "sights", "best face", "best body")
    for number, track in sorted(inspection.tracks.items()):
        best = (track.quality.get(part) for part in (Part.FACE, Part.BODY))
        table.add_row(
            str(number),
            f"{track.start_ms / 1000:.2f} s",
            f"{track.end_ms / 1000:.2f} s",
            str(track.sights),
            *("-" if quality is None else f"{quality:.2f}" for quality in best),
        )
    Console().print(table)
    typer.echo(f"{len(inspection.tracks)} tracks, {inspection.fragments} clips")
