"""Machines as somebody at the command line adds and removes them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.cli import app
from edge_agent.domain.errors import NotFound, Refused


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(f"paths: {{state: {tmp_path / 'state'}}}\n")
    return path


def typed(config: Path, *words: str) -> str:
    line = ["machines", *words, "--config", str(config)]
    result = CliRunner().invoke(app, line, catch_exceptions=False)
    if result.exit_code:
        assert result.exception is not None
        raise result.exception
    return result.stdout


def test_a_machine_from_its_key_to_its_end(config: Path) -> None:
    key = typed(config, "add", "till-watch", "--role", "investigator").strip()
    assert key.startswith("ea_")
    assert len(key) == len("ea_") + 43
    listed = typed(config, "list")
    assert "till-watch" in listed
    assert "investigator" in listed
    assert key not in listed
    with pytest.raises(Refused, match="there is a machine"):
        typed(config, "add", "till-watch")
    with pytest.raises(Refused, match="name must match"):
        typed(config, "add", "Till Watch")
    assert "removed" in typed(config, "remove", "till-watch")
    with pytest.raises(NotFound):
        typed(config, "remove", "till-watch")
