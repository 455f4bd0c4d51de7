"""SIGKILL at any moment: whatever was acknowledged before is there afterwards."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from edge_agent.storage import Store
from edge_agent.storage.outbox import events_after, last_seq
from tests.integration.storage.builders import SetClock

WRITER = """
import asyncio, sys
from pathlib import Path
from edge_agent.domain.event import EventKind
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.outbox import append_event, last_seq
from tests.integration.storage.builders import remember_person

async def main():
    async with await Store.open(Path(sys.argv[1]), clock=SystemClock()) as store:
        number = await last_seq(store)
        while True:
            number += 1
            track, picture, vector = await remember_person(store)
            async with store.transaction() as tx:
                seq = await append_event(tx, EventKind.TRACK_ENDED, {}, 1, track.id)
            print(seq, track.id, picture.id, flush=True)

asyncio.run(main())
"""


def write_until_killed(folder: Path, acknowledged: int) -> list[tuple[int, str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process:
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    seen = (line.split() for line in lines if line.endswith("\n"))
    return [(int(seq), track, picture) for seq, track, picture in seen]


async def test_everything_acknowledged_survives_being_killed(
    tmp_path: Path, clock: SetClock
) -> None:
    acknowledged: list[tuple[int, str, str]] = []
    for round_ in range(3):
        acknowledged += await asyncio.to_thread(write_until_killed, tmp_path, 7 * (round_ + 1))
    async with await Store.open(tmp_path, clock=clock) as store:
        assert store.alarms == []
        events = {row.seq: row.event_id for row in await events_after(store, 0, 10_000)}
        assert list(events) == list(range(1, await last_seq(store) + 1))  # no gaps
        tracks = {row["id"] for row in await store.rows("SELECT id FROM track")}
        vectors = {one.track async for batch in store.vectors.batches() for one in batch}
        for seq, track, picture in acknowledged:
            assert events[seq] == track
            assert track in tracks
            assert track in vectors
            assert await store.pictures.read(picture) == b"jpeg" + picture.encode()
        assert store.alarms == []
