from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened
