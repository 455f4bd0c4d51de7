"""What goes into an export."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_agent.domain.track import Fragment, Shot, Track

FORMAT = "edge-agent export 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip as it goes into the zip.

    Attributes:
        path: of the file that is sent.
        covered: privacy masks are burnt in, so it is not as the camera sent it.
    """

    fragment: Fragment
    path: Path
    covered: bool

    @property
    def name(self) -> str:
        """In the zip."""
        return f"clips/{self.fragment.camera}-{self.fragment.id}{self.path.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that goes into one export.

    Attributes:
        head: who made it of what; the beginning of the manifest.
        timezone: of the store.
        missing: ids of clips that cannot be had, with the reason.
        pictures: path of each picture by its id.
        clips_of: ids of the clips by track.
    """

    head: Mapping[str, Any]
    timezone: str
    tracks: tuple[Track, ...]
    pictures: Mapping[str, Path]
    clips: tuple[Clip, ...]
    clips_of: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, str]

    def files(self) -> Iterable[tuple[str, Path]]:
        """Name in the zip and path of every file."""
        for picture, path in self.pictures.items():
            yield picture_name(picture), path
        for clip in self.clips:
            yield clip.name, clip.path

    def manifest(self, digests: Mapping[str, tuple[str, int]]) -> bytes:
        """The manifest as JSON.

        Args:
            digests: sha256 in hexadecimal and size in bytes, by name in the zip.
        """
        names = {clip.fragment.id: clip.name for clip in self.clips}
        body = {
            **self.head,
            "tracks": [self._track(track, names) for track in self.tracks],
            "clips": [
                {
                    "file": clip.name,
                    "id": clip.fragment.id,
                    "camera": clip.fragment.camera,
                    **self._span(clip.fragment.start_ms, clip.fragment.end_ms),
                    "as_recorded": not clip.covered,
                }
                for clip in self.clips
            ],
            "missing_clips": dict(self.missing),
            "files": {
                name: {"sha256": digest, "size": size} for name, (digest, size) in digests.items()
            },
        }
        return json.dumps(body, ensure_ascii=False, indent=1).encode()

    def _track(self, track: Track, names: Mapping[str, str]) -> dict[str, Any]:
        return {
            "id": track.id,
            "camera": track.camera,
            **self._span(track.start_ms, track.end_ms),
            "face": self._shot(track.face),
            "body": self._shot(track.body),
            "clips": [names[one] for one in self.clips_of[track.id] if one in names],
            "actions": [
                {"type": one.type.value, "place": one.place, "at_ms": one.at_ms}
                for one in track.actions
            ],
            "orders": list(track.orders),
        }

    def _shot(self, shot: Shot | None) -> dict[str, Any] | None:
        if shot is None or shot.picture not in self.pictures:
            return None
        return {
            "file": picture_name(shot.picture),
            "at_ms": shot.at_ms,
            "at": self.local(shot.at_ms),
        }

    def _span(self, start_ms: int, end_ms: int) -> dict[str, Any]:
        return {
            "start_ms": start_ms,
            "end_ms": end_ms,
            "start": self.local(start_ms),
            "end": self.local(end_ms),
        }

    def local(self, at_ms: int) -> str:
        """A time as the store's clocks show it, with its distance from UTC (ISO 8601)."""
        moment = dt.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.timezone))
        return moment.isoformat(timespec="milliseconds")


def picture_name(picture: str) -> str:
    """In the zip."""
    return f"pictures/{picture}.jpg"
