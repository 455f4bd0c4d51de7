from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.storage import Store
from tests.integration.storage.builders import SetClock
from tests.integration.upkeep.boxes import Box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    clock = SetClock()
    async with await Store.open(tmp_path / "state", clock=clock) as store:
        opened = Box(store, clock)
        yield opened
        opened.thread.close()
