"""A running box tells how many of the nearest its index finds."""

import numpy as np

from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.upkeep.recall import Recall, RecallOptions


async def test_the_mean_is_published_and_a_busy_box_does_not_ask() -> None:
    index, thread, counters = VectorIndex(), OneThread("index"), Counters()
    load = [True]
    recall = Recall(index, thread, RecallOptions(pause=0), counters=counters, busy=lambda: load[-1])
    await recall.ask()
    load.append(False)
    await recall.ask()  # nothing is remembered yet
    assert "\nedge_agent_index_recall " not in counters.render()
    rows = np.random.default_rng(0).normal(size=(300, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = [
        StoredVector(f"{n:032x}", f"{n:032x}", "door", n, 1.0, Vector(Part.BODY, "m", row))
        for n, row in enumerate(rows)
    ]
    await thread.call(index.add, vectors)
    for _ in range(3):
        await recall.ask()
    thread.close()
    assert "\nedge_agent_index_recall 1\n" in counters.render()
    asked = counters.read("edge_agent_index_shadow_questions_total")
    assert asked == {(("outcome", "busy"),): 1, (("outcome", "compared"),): 3}
