import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.vision import InstalledPack, Manifest, install
from edge_agent.vision.install import file_problem, read_weights
from edge_agent.vision.known_answer import check_answer
from edge_agent.vision.manifest import FILE_NAME, read_manifest
from edge_agent.vision.openvino_ir import convert
from edge_agent.vision.tasks import EmbedderTask

pytestmark = pytest.mark.models

OPEN = Path(__file__).parents[3] / "models" / "open" / FILE_NAME
SHAPE = (1, 3, 128, 128)


@pytest.fixture
def manifest() -> Manifest:
    return read_manifest(OPEN)


@pytest.fixture
def task(manifest: Manifest) -> EmbedderTask:
    return manifest.tasks.recognition


def sources(pack: InstalledPack, task: EmbedderTask) -> tuple[bytes, bytes]:
    document, weights = task.sources
    return (pack.folder / document.file).read_bytes(), (pack.folder / weights.file).read_bytes()


def test_a_pack_is_converted_when_it_is_installed(open_pack: InstalledPack) -> None:
    task = open_pack.manifest.tasks.recognition
    assert file_problem(task, open_pack.folder) is None
    made = read_weights(task, open_pack.folder)
    assert made == convert(task.name, *sources(open_pack, task))
    assert sum(source.bytes for source in task.sources) > len(made) > 2_000_000


@pytest.mark.parametrize("at", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_few_wrong_weights_anywhere_change_the_known_answer(
    open_pack: InstalledPack, task: EmbedderTask, at: float
) -> None:
    document, weights = sources(open_pack, task)
    values = np.frombuffer(weights, np.float16).copy()
    first = int(at * len(values))
    values[first : first + 500] *= -1
    wrong = convert(task.name, document, values.tobytes())
    assert task.answer is not None
    with pytest.raises(Unusable, match="away from what it must be"):
        check_answer(wrong, SHAPE, task.answer)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('type="Multiply"', 'type="Add"'),
        ('type="Sigmoid"', 'type="ReLU"'),
        ('pads_begin="1, 1" pads_end="1, 1"', 'pads_begin="2, 2" pads_end="0, 0"'),
    ],
)
def test_a_wrong_operator_changes_the_known_answer(
    open_pack: InstalledPack, task: EmbedderTask, before: str, after: str
) -> None:
    document, weights = sources(open_pack, task)
    text = document.decode()
    place = text.rindex(before)
    wrong = text[:place] + after + text[place + len(before) :]
    assert task.answer is not None
    with pytest.raises(Unusable, match="away from what it must be"):
        check_answer(convert(task.name, wrong.encode(), weights), SHAPE, task.answer)


def test_a_network_that_answers_otherwise_is_not_installed(
    manifest: Manifest, task: EmbedderTask, mirror: Path, tmp_path: Path
) -> None:
    assert task.answer is not None
    output = task.answer.outputs[0]
    other = output.model_copy(update={"values": tuple(-value for value in output.values)})
    answer = task.answer.model_copy(update={"outputs": (other,)})
    asked = task.model_copy(update={"answer": answer})
    tasks = manifest.tasks.model_copy(update={"recognition": asked})
    changed = manifest.model_copy(update={"tasks": tasks})
    with pytest.raises(Unusable, match="face-reidentification-retail-0095 cannot be converted"):
        install(changed, tmp_path, mirror=mirror, download=False)
    left = sorted(path.name for path in (tmp_path / "open").iterdir())
    assert left == ["face-reidentification-retail-0095.fp16.bin",
                    "face-reidentification-retail-0095.fp16.xml",
                    "face_yunet_n_dynamic.onnx"]  # fmt: skip


def test_it_is_made_again_offline_when_the_converter_or_the_file_is_another(
    manifest: Manifest, task: EmbedderTask, mirror: Path, tmp_path: Path
) -> None:
    folder = install(manifest, tmp_path, mirror=mirror, download=False)
    made, record = folder / str(task.weights), folder / f"{task.weights}.json"
    whole = made.read_bytes()
    older = json.loads(record.read_text()) | {"converter": 0}
    for damage in (
        lambda: record.write_text(json.dumps(older)),
        lambda: record.write_text("{"),
        record.unlink,
        made.unlink,
        lambda: made.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1])),
    ):
        damage()
        assert file_problem(task, folder) is not None
        with pytest.raises(Unusable, match="edge-agent models install"):
            read_weights(task, folder)
        install(manifest, tmp_path, download=False)
        assert read_weights(task, folder) == whole


def test_a_conversion_that_is_killed_leaves_nothing_half(
    manifest: Manifest, task: EmbedderTask, mirror: Path, tmp_path: Path
) -> None:
    program = f"""
import os, signal
from pathlib import Path
from edge_agent.vision import install
from edge_agent.vision.manifest import read_manifest
def told(file, done, total):
    if file == {task.weights!r} and done * 2 > total:
        os.kill(os.getpid(), signal.SIGKILL)
install(read_manifest(Path({str(OPEN)!r})), Path({str(tmp_path)!r}),
        mirror=Path({str(mirror)!r}), download=False, progress=told)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=50)
    assert ended.returncode == -9
    folder = tmp_path / "open"
    assert file_problem(task, folder) == "is missing"
    assert not [path for path in folder.iterdir() if path.name.startswith(str(task.weights))]
    install(manifest, tmp_path, mirror=mirror, download=False)
    assert file_problem(task, folder) is None
