"""What the steps of a training are given."""

import importlib.util
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from tests.integration.train.builders import Repository


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the teachers' weights."""
    folder = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    if not folder:
        pytest.skip("EDGE_AGENT_MODEL_MIRROR is not set: no weights")
    return Path(folder)


@pytest.fixture(scope="session")
def group() -> Image:
    """A photograph of six people that the package insightface carries."""
    spec = importlib.util.find_spec("insightface")
    assert spec is not None
    assert spec.origin is not None
    image = cv2.imread(str(Path(spec.origin).parent / "data" / "images" / "t1.jpg"))
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "origin")
