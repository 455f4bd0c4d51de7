"""Where imports read from, whatever their clients and their files are called."""

import os
from pathlib import Path

import pytest

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.images.batches import folder_of, read_batch
from edge_agent.wire.cloud.image_search import read_image_operation


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "\ud800", "..", "none"])
def test_what_no_folder_can_be_called_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        folder_of(tmp_path / "in", name, "/")
    with pytest.raises(NotFound):
        folder_of(tmp_path / "in", "shelf", f"/{name}")


@pytest.mark.parametrize("bucket", ["a\0b", "a/b", ".."])
def test_a_bucket_that_is_none_is_refused(bucket: str) -> None:
    values = {"InstanceName": "goods", "BucketName": bucket, "Path": "/"}
    with pytest.raises(Refused, match="BucketName"):
        read_image_operation("IncreaseInstance", values)


def test_a_file_whose_name_is_no_text_is_told_and_not_taken(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"a picture")
    batch = read_batch(tmp_path, "goods")
    (line,) = batch.lines
    assert line.shown == "caf?.jpg"
    with pytest.raises(Refused, match="UTF-8"):
        batch.asked(line, "goods")
