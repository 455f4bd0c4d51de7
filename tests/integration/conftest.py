from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import LocalBroker, local_broker


@pytest.fixture(scope="session")
def shared_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """One broker for all tests that neither stop it nor care what others retained."""
    with local_broker(tmp_path_factory.mktemp("shared-broker")) as running:
        yield running


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker of the test's own, to be killed and restarted at will."""
    with local_broker(tmp_path / "broker") as running:
        yield running
