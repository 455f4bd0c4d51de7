"""Pictures in the size that they are needed in."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.train import shrink
from scripts.train.pack import read_packs
from tests.integration.train.builders import Repository, a_source, jpeg, noise


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run" / "pictures" / "shop"
    made.mkdir(parents=True)
    return made


def test_scenes_fit_the_detector_and_portraits_the_teacher_of_faces() -> None:
    large = noise(1000, 800)
    assert shrink.smaller(large, "scenes").shape == (416, 333, 3)
    assert shrink.smaller(large, "portraits").shape == (200, 160, 3)


def test_nothing_is_enlarged() -> None:
    for kind in ("scenes", "portraits"):
        assert shrink.smaller(noise(120, 150), kind).shape == (120, 150, 3)


def test_what_teaches_nothing_is_left_out(folder: Path, repository: Repository) -> None:
    turned = np.zeros((300, 300, 3), np.uint8)
    turned[80:220, 80:220] = noise(140, 140)
    files = {
        "good.jpg": jpeg(noise(300, 200)),
        "street.jpg": jpeg(noise(300, 200, seed=1)),
        "tiny.jpg": jpeg(noise(40, 200)),
        "broken.jpg": b"no picture",
        "turned.jpg": jpeg(turned),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    source = a_source(repository, "0" * 40, left_out=("street.jpg",), turned=True)
    paths = [folder / name for name in files]
    assert shrink.shrunk(paths, source, "scenes").names == ["shop/good.jpg"]


def test_the_order_of_pictures_is_the_same_for_everybody(folder: Path) -> None:
    for number in range(20):
        (folder / f"{number:02d}.jpg").touch()
    names = [path.name for path in shrink.pictures_of(folder)]
    assert sorted(names) == [f"{number:02d}.jpg" for number in range(20)]
    assert names != sorted(names)
    assert names[:3] == ["05.jpg", "19.jpg", "00.jpg"]


def test_the_step_writes_each_use_of_a_source_once(
    folder: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (folder / f"{number}.jpg").write_bytes(jpeg(noise(500, 200, seed=number)))
    source = a_source(repository, "0" * 40, uses={"scenes": 3, "portraits": 9})
    monkeypatch.setattr(shrink, "read_sources", lambda: [source])
    work = folder.parents[1]
    shrink.main([str(work)])
    scenes = read_packs([work / "raw" / "scenes" / "shop.npz"])
    portraits = read_packs([work / "raw" / "portraits" / "shop.npz"])
    assert (len(scenes), len(portraits)) == (3, 4)
    assert {scenes.picture(number).shape for number in range(3)} == {(416, 166, 3)}
    seen = np.asarray(cv2.imread(str(folder / scenes.names[0].partition("/")[2])), np.uint8)
    near = shrink.smaller(seen, "scenes").astype(int) - scenes.picture(0)
    assert np.abs(near).mean() < 30

    written = (work / "raw" / "scenes" / "shop.npz").stat().st_mtime_ns
    shrink.main([str(work), "--most", "1"])
    assert (work / "raw" / "scenes" / "shop.npz").stat().st_mtime_ns == written
