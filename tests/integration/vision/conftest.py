import os
from pathlib import Path

import pytest

from edge_agent.vision import InstalledPack, PackOptions, Vision, choose


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the real weights."""
    folder = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    if not folder:
        pytest.skip("EDGE_AGENT_MODEL_MIRROR is not set: no weights")
    return Path(folder)


@pytest.fixture(scope="session")
def labelled() -> Path:
    """Folder with the labelled pictures."""
    folder = os.environ.get("EDGE_AGENT_TESTDATA")
    if not folder:
        pytest.skip("EDGE_AGENT_TESTDATA is not set: no labelled pictures")
    return Path(folder) / "labelled"


@pytest.fixture(scope="session")
def footage(labelled: Path) -> Path:
    """Folder with clips."""
    return labelled.parent / "footage"


@pytest.fixture(scope="session")
def open_pack(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledPack:
    folder = tmp_path_factory.mktemp("models")
    return choose(PackOptions(folder=folder, pack="open", mirror=mirror, download=False))


@pytest.fixture(scope="session")
def open_vision(open_pack: InstalledPack) -> Vision:
    return Vision.load(open_pack)


@pytest.fixture(scope="session")
def core_vision(tmp_path_factory: pytest.TempPathFactory) -> Vision:
    folder = tmp_path_factory.mktemp("models")
    return Vision.load(choose(PackOptions(folder=folder, pack="core")))
