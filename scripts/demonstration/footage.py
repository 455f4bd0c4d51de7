"""The clips that the demonstration's cameras play, made once and kept."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from edge_agent.domain.detection import Image
from edge_agent.media import transcode_h264, write_h264_clip
from scripts.demonstration.cast import Cast
from scripts.demonstration.scenes import (
    FPS,
    portrait_frames,
    portraits_seconds,
    slide_frames,
    slides_seconds,
)

_VIDEO = {".mp4", ".avi", ".mkv", ".mov", ".ts", ".mpg", ".m4v", ".webm"}
_LONGEST_SIDE = 1280


@dataclass(frozen=True, slots=True)
class OpenClip:
    """Footage that may be fetched: people walking through a room, CC-BY-4.0."""

    url: str
    sha256: str
    credit: str


HALL = OpenClip(
    url="https://raw.githubusercontent.com/intel-iot-devkit/sample-videos/"
    "57978890822836f2b4743852f04f62fc511757e4/one-by-one-person-detection.mp4",
    sha256="a5964aa259099a482a8b360ffc2c57b5a30f84d5919236a4dad01f8e929ac07c",
    credit="one-by-one-person-detection, Intel IoT Developer Kit, CC-BY-4.0",
)


def scenes_of(cast: Cast, folder: Path, console: Console) -> dict[str, Path]:
    """Encode what the cast plays; a scene that was made before is taken as it is."""
    make = partial(_made, folder, console)
    long = portraits_seconds(len(cast.portraits))
    clips = {"entrance": make("entrance", cast.portraits, portrait_frames, seconds=long)}
    if cast.slides:
        long = slides_seconds(len(cast.slides))
        clips["aisle"] = make("aisle", cast.slides, slide_frames, seconds=long)
    return clips


def hall(test_data: Path | None, folder: Path, console: Console) -> Path | None:
    """Real people walking: from the test data, else fetched, else None with the reason printed."""
    if test_data and (clips := sorted((test_data / "footage").glob("*.mp4"), key=_size)):
        return _transcoded(clips[-1], folder, console)
    fetched = _fetched(HALL, folder, console)
    return _transcoded(fetched, folder, console) if fetched else None


def from_source(source: str, folder: Path, console: Console) -> dict[str, str | Path]:
    """What the caller brought: an address is used as it is, files are made ready to loop.

    Raises:
        FileNotFoundError: there is no video at that place.
    """
    if "://" in source:
        return {"camera-1": source}
    path = Path(source).expanduser()
    videos = [path] if path.is_file() else sorted(p for p in path.glob("*") if p.suffix in _VIDEO)
    if not videos:
        raise FileNotFoundError(f"no video file at {path} ({', '.join(sorted(_VIDEO))})")
    return {
        f"camera-{number}": _transcoded(video, folder, console)
        for number, video in enumerate(videos[:4], 1)
    }


def _made(
    folder: Path,
    console: Console,
    name: str,
    photographs: Iterable[Image],
    frames: Callable[[list[Image]], Iterator[Image]],
    *,
    seconds: float,
) -> Path:
    pictures = list(photographs)
    digest = hashlib.sha256(Path(frames.__code__.co_filename).read_bytes())
    for picture in pictures:
        digest.update(picture.tobytes())
    path = folder / f"{name}-{digest.hexdigest()[:12]}.mp4"
    if not path.exists():
        total = round(FPS * seconds)
        shown = track(
            frames(pictures), f"making the scene {name}", total, console=console, transient=True
        )
        _write(path, lambda part: write_h264_clip(part, shown, fps=FPS))
    return path


def _transcoded(video: Path, folder: Path, console: Console) -> Path:
    digest = hashlib.sha256(video.read_bytes()).hexdigest()[:12]
    path = folder / f"{video.stem}-{digest}.mp4"
    if not path.exists():
        with console.status(f"making {video.name} ready to loop"):
            _write(path, lambda part: transcode_h264(video, part, longest_side=_LONGEST_SIDE))
    return path


def _write(path: Path, make: Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.mp4")
    make(part)
    part.rename(path)


def _fetched(clip: OpenClip, folder: Path, console: Console) -> Path | None:
    path = folder / f"fetched-{clip.sha256[:12]}.mp4"
    if path.exists():
        return path
    try:
        with urllib.request.urlopen(clip.url, timeout=10) as answer:  # noqa: S310 - a constant
            data = answer.read(64 * 1024 * 1024)
    except (urllib.error.URLError, OSError) as error:
        console.print(f"footage cannot be fetched ({error}); photographs play instead")
        return None
    if hashlib.sha256(data).hexdigest() != clip.sha256:
        console.print(f"footage from {clip.url} has another sha256 and is not used")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    console.print(f"footage: {clip.credit}")
    return path


def _size(path: Path) -> int:
    return path.stat().st_size
