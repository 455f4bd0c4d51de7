"""Pictures with their labels in one file."""

from pathlib import Path

import numpy as np
import pytest

from scripts.train.pack import BODY_COLUMNS, FACE_COLUMNS, Pack, encoded, read_packs
from tests.integration.train.builders import noise


def labelled(count: int, *, seed: int) -> Pack:
    """Pictures with one body and one face each."""
    numbers = np.arange(count, dtype=np.float32)[:, None]
    rows = np.random.default_rng(seed).random((count, FACE_COLUMNS - 1), np.float32)
    return Pack(
        pictures=[encoded(noise(40, 30 + number), 80) for number in range(count)],
        names=[f"shop/{seed}-{number}.jpg" for number in range(count)],
        bodies=np.concatenate([numbers, rows[:, : BODY_COLUMNS - 1]], axis=1),
        faces=np.concatenate([numbers, rows], axis=1),
    )


def test_what_is_read_is_what_was_saved(tmp_path: Path) -> None:
    pack = labelled(3, seed=1)
    pack.save(tmp_path / "one.npz")
    again = read_packs([tmp_path / "one.npz"])
    assert again.pictures == pack.pictures
    assert again.names == pack.names
    np.testing.assert_array_equal(again.bodies, pack.bodies)
    np.testing.assert_array_equal(again.faces, pack.faces)
    assert again.picture(2).shape == (40, 32, 3)
    assert again.bytes == sum(map(len, pack.pictures))
    assert list(tmp_path.iterdir()) == [tmp_path / "one.npz"]


def test_labels_follow_their_pictures_when_packs_are_put_together(tmp_path: Path) -> None:
    packs = [labelled(2, seed=1), Pack(), labelled(3, seed=2)]
    paths = [tmp_path / f"{number}.npz" for number in range(3)]
    for pack, path in zip(packs, paths, strict=True):
        pack.save(path)
    whole = read_packs(paths)
    assert whole.names == packs[0].names + packs[2].names
    assert whole.bodies[:, 0].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(whole.faces[2:, 1:], packs[2].faces[:, 1:])


def test_no_pack_is_an_empty_one() -> None:
    assert len(read_packs([])) == 0


def test_what_is_no_picture_cannot_be_encoded() -> None:
    with pytest.raises(ValueError, match="cannot be encoded"):
        encoded(np.zeros((1, 20_000, 3), np.uint8), 80)
