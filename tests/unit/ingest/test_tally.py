from edge_agent.ingest.tally import Tally
from edge_agent.runtime.counters import Counters


def counted(
    decoded: int, gated: int, superseded: int = 0, *, taken: int = 0, size: int = 0
) -> dict[str, int]:
    return {
        "decoded": decoded, "gated": gated, "superseded": superseded, "broken": 0, "scaled": 0,
        "bytes": size, "taken": taken, "waiting": 0,
    }  # fmt: skip


def test_a_worker_that_dies_leaves_no_frame_without_a_fate() -> None:
    counters = Counters()
    tally = Tally("door", counters)
    frames = counters.counter("edge_agent_frames_total", "")
    tally.count(counted(10, 6, 1, taken=2))  # one waits
    tally.arrived()
    tally.became("inferred")
    tally.restart()  # one of those taken never arrived
    tally.count(counted(3, 3))
    stages = ("decoded", "gated", "superseded", "dropped", "inferred", "delivered")
    assert [frames.get(camera="door", stage=stage) for stage in stages] == [13, 9, 1, 2, 1, 1]


def test_counts_that_were_overtaken_change_nothing() -> None:
    counters = Counters()
    tally = Tally("door", counters)
    received = counters.counter("edge_agent_received_bytes_total", "")
    tally.count(counted(10, 6, size=1000))
    tally.count(counted(9, 6, size=900))
    tally.count(counted(11, 7, size=1100))
    frames = counters.counter("edge_agent_frames_total", "")
    assert frames.get(camera="door", stage="decoded") == 11
    assert frames.get(camera="door", stage="gated") == 7
    assert received.get(camera="door") == 1100
