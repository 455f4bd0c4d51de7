from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.storage import Store
from tests.integration.storage.builders import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(tmp_path: Path, clock: SetClock) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=clock) as opened:
        yield opened
