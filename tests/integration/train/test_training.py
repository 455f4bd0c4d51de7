"""The networks learn, go on where they were stopped, and come out as a pack that answers."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install --group train)")

from edge_agent.domain.detection import Floats, Image  # noqa: E402
from edge_agent.vision import PackOptions, Vision, choose  # noqa: E402
from scripts.train import bodies, detector, export, faces, labels, refiner  # noqa: E402
from scripts.train.embedding import disturbed, mixed, moved  # noqa: E402
from scripts.train.interpreted import Interpreted  # noqa: E402
from scripts.train.nets import Detector, Refiner, body_embedder, face_embedder  # noqa: E402
from scripts.train.pack import Pack, encoded  # noqa: E402
from scripts.train.schedule import Run, averaged, device  # noqa: E402

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

CORE = Path(__file__).parents[3] / "models" / "core"
FILES = {
    "detector": "core_people.onnx",
    "refiner": "core_landmarks.onnx",
    "faces": "core_faces.onnx",
    "bodies": "core_bodies.onnx",
}


@pytest.fixture(scope="module")
def work(mirror: Path, group: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few scenes and portraits, labelled by the teachers."""
    folder = tmp_path_factory.mktemp("run")
    scene = np.asarray(cv2.resize(group, (416, round(416 * group.shape[0] / group.shape[1]))))
    turns = [np.roll(scene, 40 * number, axis=1) for number in range(4)]
    heads = [group[:, left : left + 240] for left in range(40, group.shape[1] - 240, 200)]
    for kind, pictures in (("scenes", turns), ("portraits", heads)):
        into = folder / "raw" / kind
        into.mkdir(parents=True)
        names = [f"group/{number}.jpg" for number in range(len(pictures))]
        Pack([encoded(np.asarray(one, np.uint8), 90) for one in pictures], names).save(
            into / "group.npz"
        )
    labels.main([str(folder), "--models", str(mirror), "--processes", "1"])
    return folder


@pytest.mark.models
def test_from_labels_to_a_pack_that_answers(
    work: Path, mirror: Path, group: Image, tmp_path: Path
) -> None:
    few = [str(work), "--steps", "4", "--batch", "4"]
    detector.main([*few, "--side", "128"])
    refiner.main(few)
    faces.main([*few, "--models", str(mirror)])
    bodies.main([*few, "--models", str(mirror)])
    export.main([str(work), str(tmp_path / "exported"), "--float", "refiner"])
    vision = Vision.load(
        choose(
            PackOptions(
                folder=tmp_path / "installed",
                pack="small",
                manifests=as_pack(tmp_path / "exported", tmp_path / "packs" / "small"),
                download=False,
            )
        )
    )
    vision.detect(group)
    marks = np.array([[[100, 60], [130, 60], [115, 80], [104, 98], [126, 98]]], np.float32)
    box = np.array([[80, 40, 180, 300]], np.float32)
    for vector in (vision.embed_faces(group, marks), vision.embed_bodies(group, box)):
        assert vector.shape == (1, 256)
        np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=1e-5)


def as_pack(exported: Path, into: Path) -> Path:
    """The exported networks under the manifest of `core`; returns where packs lie."""
    into.mkdir(parents=True)
    manifest = json.loads((CORE / "manifest.json").read_text())
    manifest["model_id"] = into.name
    (into / "MODEL.LICENSE").write_text("made by a test")
    made = {}
    for name, file in FILES.items():
        content = (exported / f"{name}.onnx").read_bytes()
        (into / file).write_bytes(content)
        made[file] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    for task in manifest["tasks"].values():
        task.update(made[task["file"]])
    (into / "manifest.json").write_text(json.dumps(manifest))
    return into.parent


@pytest.mark.models
@pytest.mark.parametrize(
    ("network", "size"), [("facerec_omz_0095_fp16w", (128, 128)), ("reid_omz_0248", (256, 128))]
)
def test_torch_runs_a_teacher_as_onnxruntime_does(
    mirror: Path, network: str, size: tuple[int, int]
) -> None:
    path = mirror / f"{network}.onnx"
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    last = session.get_inputs()[0].shape[-1] == 3
    picture = np.random.default_rng(0).random((1, 3, *size), np.float32) * 255
    given = picture.transpose(0, 2, 3, 1) if last else picture
    wanted = session.run(None, {session.get_inputs()[0].name: given})[0].reshape(1, -1)
    with torch.no_grad():
        told = Interpreted(path).eval()(torch.from_numpy(np.ascontiguousarray(given))).numpy()
    assert float((told * wanted).sum() / np.linalg.norm(told) / np.linalg.norm(wanted)) > 0.9999


@pytest.mark.parametrize(
    ("make", "side", "shapes"),
    [
        (Detector, (416, 416), [(2, 3549, 5), (2, 3549, 15)]),
        (Refiner, (48, 48), [(2, 10)]),
        (face_embedder, (96, 96), [(2, 256)]),
        (body_embedder, (128, 64), [(2, 256)]),
    ],
)
def test_networks_answer_in_the_shapes_that_the_box_reads(
    make: Callable[[], Any], side: tuple[int, int], shapes: list[tuple[int, ...]]
) -> None:
    with torch.no_grad():
        answer = make().eval()(torch.zeros(2, 3, *side))
    parts = answer if isinstance(answer, tuple) else (answer,)
    assert [tuple(part.shape) for part in parts] == shapes


def learn(path: Path, steps: int, until: int | None = None) -> tuple[Run, list[Floats]]:
    """Learn to add, at most up to a step; returns the run and what was drawn for it."""
    dev = device()
    run = Run(torch.nn.Linear(4, 1).to(dev), path, steps, 0.1)
    drawn: list[Floats] = []
    while not run.done and (until is None or run.step < until):
        values = torch.randn(8, 4, device=dev)
        drawn.append(values.cpu().numpy())
        run.learn(((run.network(values) - values.sum(1, keepdim=True)) ** 2).mean(), {})
    return run, drawn


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    weights = [learn(tmp_path / f"{n}.pt", 20)[0].network.weight.tolist() for n in range(2)]
    assert weights[0] == weights[1]


def test_a_training_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    learn(tmp_path / "sum.pt", 40, until=25)[0].save()
    done, drawn = learn(tmp_path / "sum.pt", 40)
    assert (done.step, len(drawn)) == (40, 15)
    assert learn(tmp_path / "sum.pt", 40)[1] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "sum.pt"]
    kept = averaged(torch.nn.Linear(4, 1), tmp_path / "sum.pt")
    assert kept.weight.tolist() == done.average.weight.tolist()


def test_what_was_drawn_before_a_stop_is_not_drawn_again(tmp_path: Path) -> None:
    run, before = learn(tmp_path / "sum.pt", 40, until=20)
    run.save()
    _, after = learn(tmp_path / "sum.pt", 40)
    everything = {one.tobytes() for one in (*before, *after)}
    assert len(everything) == 40


def test_a_run_learns(tmp_path: Path) -> None:
    run, _ = learn(tmp_path / "sum.pt", 200)
    assert np.abs(np.array(run.network.weight.tolist()) - 1).max() < 0.1


def test_the_points_of_a_crop_lie_where_its_labels_say() -> None:
    torch.manual_seed(0)
    points = torch.tensor([[50.0, 60], [94, 60], [72, 84], [54, 104], [90, 104]])
    stored = torch.zeros(40, 3, 144, 144)
    for x, y in points.int().tolist():
        stored[:, :, y - 3 : y + 4, x - 3 : x + 4] = 255
    row = torch.cat([torch.tensor([32.0, 30, 112, 124, 0.9]), (points + 0.5).flatten()])
    crops, told = refiner.crops(stored, row.expand(40, -1))
    at = ((told + 1) / 2 * crops.shape[-1]).long().clamp(0, crops.shape[-1] - 1)
    inside = (told.abs() < 0.95).all(-1)
    bright = crops.mean(1)[torch.arange(40)[:, None], at[..., 1], at[..., 0]]
    assert float(inside.float().mean()) > 0.9
    assert float(bright[inside].min()) > 100
    assert bool((told[:, 1, 0] - told[:, 0, 0] > 0).all()), "the eye on the left is the first"


def test_views_of_vectors_keep_size_and_range() -> None:
    torch.manual_seed(0)
    pictures = torch.rand(8, 3, 144, 144) * 255
    shown: Floats = disturbed(mixed(moved(pictures, faces.VIEWS), 0.5)).numpy()
    assert shown.shape == (8, 3, 128, 128)
    assert shown.min() >= 0
    assert shown.max() <= 255
