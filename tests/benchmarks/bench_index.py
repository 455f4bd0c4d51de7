"""The index under filters, at 10,000 to 1,000,000 made-up people, beside brute force and peers.

Every track has a face and a body; cameras are given out so that one admits 10 % of the tracks, one
1 % and so on. Brute force in float32 over the admitted rows is the truth and the obvious way. The
peers get the same faces on one thread; hnswlib filters in Python, as its interface has it. At a
million the graphs would take longer to build than all the rest, so they stop at 100,000.
`--quick` measures 10,000 and takes a tenth of the real people.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import hnswlib
import numpy as np
from rich.progress import track

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex, Where
from edge_agent.search.asked import AskedPerson
from edge_agent.search.compare import Comparison, compare
from tests.benchmarks import real_vectors
from tests.benchmarks.made_up_people import SIGHTS, Crowd, Spread
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting

SIZES = (10_000, 100_000, 1_000_000)
GRAPHS_UP_TO = 100_000
QUESTIONS = 60
RUNS = 5
K = 10
MODELS = {Part.FACE: "bench/face@0", Part.BODY: "bench/body@0"}
PORTIONS = {"10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001, "0.01 %": 0.0001}
ALL = "100 %"
_BATCH = 2048
_BETWEEN_MS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What is in the index.

    Attributes:
        crowds: by part; row i of each is of track i.
        cameras: (n,) the camera of each track.
    """

    crowds: dict[Part, Crowd]
    cameras: np.ndarray

    def admitted(self, portion: str) -> np.ndarray:
        """The rows that a filter lets in."""
        if portion == ALL:
            return np.arange(len(self.cameras))
        return np.flatnonzero(self.cameras == portion)


def run(setting: Setting) -> Report:
    """Measure every size."""
    report = Report("index")
    vision = setting.vision()
    report.fact("pack", vision.info.name)
    real = {
        Part.FACE: real_vectors.faces(setting, vision),
        Part.BODY: real_vectors.bodies(setting, vision),
    }
    spreads = {}
    for part, people in real.items():
        if people is None:
            raise SystemExit(f"there are too few {part} pictures to say how real people differ")
        spreads[part] = Spread.of(people)
        _resemblance(report, part, people, spreads[part])
    for size in SIZES[:1] if setting.quick else SIZES:
        _measure(report, setting, size, spreads)
    return report


def _resemblance(report: Report, part: Part, people: real_vectors.People, spread: Spread) -> None:
    """Similarities of strangers and of one person, real and made up, and how spectra fall."""
    chance = np.random.default_rng(0)
    made = Crowd.of(spread, SIGHTS * 2000, chance)
    who = np.repeat(np.arange(2000), SIGHTS)
    for name, rows, owner in (("real", people.rows, people.who), ("made up", made.rows, who)):
        one, other = chance.integers(len(rows), size=(2, 200_000))
        alike = np.einsum("ij,ij->i", rows[one], rows[other])
        strangers = alike[owner[one] != owner[other]]
        quantiles = [round(float(np.quantile(strangers, at)), 3) for at in (0.5, 0.99, 0.999)]
        report.fact(f"{part}, {name}: strangers, cosine at 50, 99, 99.9 %", str(quantiles))
        same = _of_one_person(rows, owner)
        quantiles = [round(float(np.quantile(same, at)), 3) for at in (0.05, 0.5, 0.95)]
        report.fact(f"{part}, {name}: one person, cosine at 5, 50, 95 %", str(quantiles))
        falling = np.linalg.svd(rows - rows.mean(0), compute_uv=False) ** 2
        half = int(np.searchsorted(np.cumsum(falling) / falling.sum(), 0.5)) + 1
        report.fact(f"{part}, {name}: directions that hold half of the variance", half)


def _of_one_person(rows: Floats, owner: np.ndarray) -> Floats:
    order = np.argsort(owner, kind="stable")
    same = owner[order][1:] == owner[order][:-1]
    pairs = np.einsum("ij,ij->i", rows[order][1:], rows[order][:-1])
    return np.asarray(pairs[same], np.float32)


def _measure(report: Report, setting: Setting, size: int, spreads: dict[Part, Spread]) -> None:
    chance = np.random.default_rng(size)
    crowds = {part: Crowd.of(spread, size, chance) for part, spread in spreads.items()}
    cameras = np.full(size, "others", dtype="<U8")
    order, first = chance.permutation(size), 0
    for name, share in PORTIONS.items():
        count = max(round(size * share), 1)
        cameras[order[first : first + count]] = name
        first += count
    stored = Stored(crowds, cameras)
    index = _filled(report, setting, stored)
    asked = chance.integers(size // SIGHTS, size=QUESTIONS)
    questions = {part: crowd.asked(asked, chance) for part, crowd in crowds.items()}
    for portion in track((ALL, *PORTIONS), f"{size:,}: filters", console=setting.console):
        _ask(report, index, stored, questions, portion)
    if size <= GRAPHS_UP_TO:
        _peers(report, stored, questions[Part.FACE])
    _freshness(report, index, stored, questions[Part.FACE][0])


def _filled(report: Report, setting: Setting, stored: Stored) -> VectorIndex:
    size = len(stored.cameras)
    index = VectorIndex(setting.scratch())
    before, took = _resident_mb(), 0.0
    for first in track(range(0, size, _BATCH), f"{size:,}: adding", console=setting.console):
        for part in MODELS:
            some = [_vector(stored, part, row) for row in range(first, min(first + _BATCH, size))]
            began = time.process_time()
            index.add(some)
            took += time.process_time() - began
    index.mark_complete()
    report.fact(f"{size:,}: added per second of processor time", 2 * size / took)
    resident = _resident_mb() - before
    report.fact(f"{size:,}: resident memory, MB", resident)
    if size == max(SIZES):
        report.target(f"{size:,}: resident memory, face and body", resident, "MB", "<= 1200")
    return index


def _vector(stored: Stored, part: Part, row: int) -> StoredVector:
    return StoredVector(
        id=f"{'1' if part is Part.FACE else '2'}{row:031x}",
        track=f"{row:032x}",
        camera=str(stored.cameras[row]),
        at_ms=row * _BETWEEN_MS,
        quality=0.8,
        vector=Vector(part, MODELS[part], stored.crowds[part].rows[row]),
    )


def _ask(
    report: Report,
    index: VectorIndex,
    stored: Stored,
    questions: dict[Part, Floats],
    portion: str,
) -> None:
    size = len(stored.cameras)
    rows = stored.admitted(portion)
    where = Where(cameras=frozenset() if portion == ALL else frozenset({portion}))
    name = f"{size:,}, {portion}"

    def face(row: int) -> tuple[str, ...]:
        found = index.search(
            questions[Part.FACE][row],
            part=Part.FACE, model=MODELS[Part.FACE], where=where, k=K, threshold=-1.0,
        )  # fmt: skip
        return tuple(found.tracks)

    def both(row: int) -> object:
        person = AskedPerson(0, {part: rows[row][None] for part, rows in questions.items()})
        comparison = Comparison(
            persons=(person,),
            models=MODELS,
            thresholds=dict.fromkeys(MODELS, -1.0),
            where=where,
            candidates=K,
        )
        return compare(index, comparison)

    faces = stored.crowds[Part.FACE].rows[rows]
    recall, equal = 0, 0
    for row in range(QUESTIONS):
        true = tuple(f"{rows[at]:032x}" for at in _nearest(faces, questions[Part.FACE][row]))
        found = face(row)
        recall += len(set(found) & set(true))
        equal += found == true
    truth = min(K, len(rows)) * QUESTIONS
    brute = _times(lambda row: np.argsort(-(faces @ questions[Part.FACE][row]))[:K])
    for what, ask, bound in (("face", face, 6), ("face and body", both, 10)):
        took = _times(ask)
        report.fact(f"{name}: {what}, p50 ms", took[0])
        if size == max(SIZES):
            report.target(f"{name}: {what}, p99", took[1], "ms", f"<= {bound}")
        else:
            report.fact(f"{name}: {what}, p99 ms", took[1])
        report.fact(f"{name}: {what}, processor time, p50 ms", took[2])
    report.fact(f"{name}: brute force in float32, face, p50 ms", brute[0])
    report.target(f"{name}: recall at {K}", recall / truth, "", ">= 0.995")
    if len(rows) <= GRAPHS_UP_TO:
        report.target(f"{name}: same tracks as brute force", equal / QUESTIONS, "", ">= 1")


def _nearest(rows: Floats, query: Floats) -> np.ndarray:
    """The `K` nearest, by products in double precision that are rounded to float32 once."""
    near = np.sort(np.argsort(-(rows @ query))[: 10 * K])
    likeness = (rows[near].astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
    return np.asarray(near[np.argsort(-likeness, kind="stable")][:K])


def _times(ask: Callable[[int], object]) -> tuple[float, float, float]:
    """Medians of the runs' medians, of their p99 and of their processor times, in milliseconds."""
    runs: list[list[float]] = []
    busy: list[float] = []
    for _ in range(RUNS):
        runs.append([])
        for row in range(QUESTIONS):
            began, worked = time.perf_counter(), time.process_time()
            ask(row)
            runs[-1].append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - worked) * 1000)
    return (
        statistics.median(statistics.median(run) for run in runs),
        statistics.median(quantile(run, 0.99) for run in runs),
        statistics.median(busy),
    )


def _peers(report: Report, stored: Stored, questions: Floats) -> None:
    faiss.omp_set_num_threads(1)
    size, rows = len(stored.cameras), stored.crowds[Part.FACE].rows
    graph = hnswlib.Index("ip", rows.shape[1])
    graph.init_index(size, M=16, ef_construction=100)
    graph.set_num_threads(1)
    began = time.perf_counter()
    graph.add_items(rows)
    report.fact(f"{size:,}: hnswlib, added per second", size / (time.perf_counter() - began))
    graph.set_ef(200)
    flat, hnsw = faiss.IndexFlatIP(rows.shape[1]), faiss.IndexHNSWFlat(rows.shape[1], 16, 0)
    flat.add(rows)
    hnsw.add(rows)
    hnsw.hnsw.efSearch = 200
    true = [np.argsort(-(rows @ question))[:K] for question in questions]
    peers: dict[str, Callable[[int], Sequence[int]]] = {
        "hnswlib": lambda row: graph.knn_query(questions[row], K)[0][0],
        "faiss flat": lambda row: flat.search(questions[row][None], K)[1][0],
        "faiss HNSW": lambda row: hnsw.search(questions[row][None], K)[1][0],
    }
    for name, ask in peers.items():
        found = sum(len({*ask(row)} & {*true[row]}) for row in range(QUESTIONS))
        report.fact(f"{size:,}, {ALL}: {name}, recall at {K}", found / K / QUESTIONS)
        report.fact(f"{size:,}, {ALL}: {name}, p50 ms", _times(ask)[0])
    admitted = stored.cameras == "1 %"

    def filtered(row: int) -> object:
        return graph.knn_query(questions[row], K, filter=lambda label: bool(admitted[label]))

    took = _times(filtered)[0]
    report.fact(f"{size:,}, 1 %: hnswlib with a filter in Python, p50 ms", took)
    if size == GRAPHS_UP_TO:
        ours = float(report.facts[f"{size:,}, 1 %: face, p50 ms"])
        report.target(f"{size:,}, 1 %: hnswlib with a filter / ours", took / ours, "", ">= 10")


def _freshness(report: Report, index: VectorIndex, stored: Stored, query: Floats) -> None:
    """From a vector to the first answer that holds it."""
    took = []
    for number in range(RUNS):
        new = StoredVector(
            id=f"3{number:031x}", track=f"f{number:031x}", camera="new", at_ms=0, quality=1.0,
            vector=Vector(Part.FACE, MODELS[Part.FACE], query),
        )  # fmt: skip
        began = time.perf_counter()
        index.add([new])
        found = index.search(
            query, part=Part.FACE, model=MODELS[Part.FACE], where=Where(), k=RUNS, threshold=0.9
        )
        took.append((time.perf_counter() - began) * 1000)
        if new.track not in found.tracks:
            raise SystemExit("a vector that was just added is not found")
    name = f"{len(stored.cameras):,}: added and found"
    report.target(name, statistics.median(took), "ms", "<= 50")


def _resident_mb() -> float:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) * 1024 / 1e6
