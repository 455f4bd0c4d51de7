from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.vision import PackOptions, Vision, choose
from scripts.demonstration.cast import cast_from_packages
from tests.support.rtsp import numbered_clip
from tests.support.watching import Blinking, Watching, two_people, watching


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of numbered frames."""
    return numbered_clip(tmp_path_factory.mktemp("clip") / "numbered.mp4")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loop of two people who never leave."""
    cast = cast_from_packages()
    path = tmp_path_factory.mktemp("people") / "two.mp4"
    return two_people(path, [cast.portraits[6], cast.stranger])


@pytest.fixture(scope="session")
def sighted(tmp_path_factory: pytest.TempPathFactory) -> Vision:
    folder = tmp_path_factory.mktemp("models")
    return Vision.load(choose(PackOptions(folder=folder, pack="core")))


@pytest.fixture
def eyes(sighted: Vision) -> Blinking:
    """The eyes of `box`."""
    return Blinking(sighted)


@pytest.fixture
async def box(tmp_path: Path, eyes: Blinking, people: Path) -> AsyncIterator[Watching]:
    async with watching(tmp_path / "state", eyes, people) as running:
        yield running
