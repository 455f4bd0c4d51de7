"""Secrets are made once, kept for the daemon alone, and a bad one is refused."""

import stat
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.storage.tokens import load_or_make_token


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "token"
    token = load_or_make_token(path)
    assert len(token) >= 43
    assert load_or_make_token(path) == token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["token"]


def test_two_boxes_have_two_secrets(tmp_path: Path) -> None:
    assert load_or_make_token(tmp_path / "a") != load_or_make_token(tmp_path / "b")


def test_a_crash_while_it_was_made_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "token.new").write_text("half")
    assert len(load_or_make_token(tmp_path / "token")) >= 43


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("0123456789abcdef")
    path.chmod(0o644)
    with pytest.raises(Unusable, match="chmod 600"):
        load_or_make_token(path)


@pytest.mark.parametrize("content", [b"", b"short", b"0123456789 abcdef", b"\xff" * 20])
def test_what_is_no_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Unusable):
        load_or_make_token(path)


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(Unusable):
        load_or_make_token(tmp_path)
