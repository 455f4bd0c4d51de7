from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rtsp import Cameras, numbered_clip, rtsp_cameras


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_clip(tmp_path_factory.mktemp("clip") / "numbered.mp4")


@pytest.fixture(scope="module")
def cameras(clip: Path) -> Iterator[Cameras]:
    """One camera, `door`, whose behaviour no test changes."""
    with rtsp_cameras({"door": clip}) as running:
        yield running


@pytest.fixture
def own_cameras(clip: Path) -> Iterator[Cameras]:
    """Two cameras, `door` and `till`, for the test alone."""
    with rtsp_cameras({"door": clip, "till": clip}) as running:
        yield running
