"""Pictures: whole files or none."""

import errno
import os
from pathlib import Path

import pytest

from edge_agent.domain.errors import NotFound, Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.storage.durable import write_files
from edge_agent.storage.pictures import PictureFiles


@pytest.fixture
def pictures(tmp_path: Path) -> PictureFiles:
    return PictureFiles(tmp_path / "pictures")


async def all_ids(pictures: PictureFiles) -> list[str]:
    return sorted([each async for ids in pictures.ids() for each in ids])


async def test_pictures_come_back_as_written(pictures: PictureFiles) -> None:
    items = [(new_id(number), bytes([number]) * 1000) for number in range(30)]
    await pictures.write(items)
    for picture_id, content in items:
        assert await pictures.read(picture_id) == content
    assert await all_ids(pictures) == sorted(picture_id for picture_id, _ in items)
    assert not list(pictures.folder.rglob("*.tmp"))


async def test_a_deleted_picture_is_gone_and_deleting_twice_is_no_harm(
    pictures: PictureFiles,
) -> None:
    await pictures.write([("a" * 32, b"1"), ("b" * 32, b"2")])
    await pictures.delete(["a" * 32])
    await pictures.delete(["a" * 32])
    with pytest.raises(NotFound):
        await pictures.read("a" * 32)
    assert await all_ids(pictures) == ["b" * 32]


@pytest.mark.parametrize("text", ["../../etc/passwd", "", "a/b", "..", "x" * 65, "a.jpg", "a\0b"])
def test_what_cannot_be_an_id_has_no_path(pictures: PictureFiles, text: str) -> None:
    with pytest.raises(NotFound):
        pictures.path(text)


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_bytes(b"a file where a folder should be")
    with pytest.raises(Unavailable, match="pictures cannot be written"):
        await PictureFiles(tmp_path / "pictures").write([("a" * 32, b"1")])


async def test_half_written_files_are_swept_up(pictures: PictureFiles) -> None:
    await pictures.write([("a" * 32, b"1")])
    (pictures.path("b" * 32).parent).mkdir()
    pictures.path("b" * 32).with_suffix(".jpg.tmp").write_bytes(b"half")
    assert await all_ids(pictures) == ["a" * 32]
    assert not list(pictures.folder.rglob("*.tmp"))


def test_content_is_durable_before_its_name_and_its_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 cannot show this: the order of the system calls does."""
    calls: list[str] = []
    really_sync, really_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        really_sync(descriptor)

    def replace(source: Path, target: Path) -> None:
        calls.append(f"rename {Path(target).name}")
        really_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    write_files({tmp_path / "a" / "one.jpg": b"1", tmp_path / "a" / "two.jpg": b"2"})
    assert calls == [
        f"fsync {tmp_path.name}",
        "fsync one.jpg.tmp",
        "fsync two.jpg.tmp",
        "rename one.jpg",
        "rename two.jpg",
        "fsync a",
    ]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files({tmp_path / "one.jpg": b"old"})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_files({tmp_path / "one.jpg": b"new"})
    assert (tmp_path / "one.jpg").read_bytes() == b"old"
