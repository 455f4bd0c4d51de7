"""A source of pictures as it lies in a repository, and pictures that cost nothing to have."""

import subprocess
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.detection import Image
from scripts.train.sources import Source


class Repository:
    """A git repository in which pictures are committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._git("init", "--quiet")

    def add(self, path: str, content: bytes) -> None:
        """Write a file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def commit(self) -> str:
        """Commit everything; returns the commit."""
        self._git("add", "--all")
        who = ("-c", "user.name=nobody", "-c", "user.email=nobody@invalid")
        self._git(*who, "commit", "--quiet", "--message", "pictures")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *words: str) -> str:
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def a_source(origin: Repository, commit: str, **changed: object) -> Source:
    """As the list has it."""
    given = {
        "name": "shop", "repository": origin.folder.as_uri(), "commit": commit,
        "folders": ("pictures",), "licence": "ours", "uses": {"scenes": 50, "portraits": 50},
    } | changed  # fmt: skip
    return Source(**given)  # type: ignore[arg-type]


def jpeg(image: Image) -> bytes:
    """The picture as JPEG."""
    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


def noise(height: int, width: int, seed: int = 0) -> Image:
    """A picture of nothing."""
    return np.random.default_rng(seed).integers(40, 255, (height, width, 3), np.uint8)
