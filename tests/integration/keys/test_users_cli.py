"""`edge-agent users`, as somebody types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.cli import app
from edge_agent.domain.errors import NotFound, Refused

PASSWORD = "a pass phrase of a shop\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(f"paths: {{state: {tmp_path / 'state'}}}\n")
    return path


def typed(config: Path, *words: str, given: str = "") -> str:
    line = ["users", *words, "--config", str(config)]
    result = CliRunner().invoke(app, line, input=given, catch_exceptions=False)
    if result.exit_code:
        assert result.exception is not None
        raise result.exception
    return result.stdout


def test_users_from_the_first_to_the_last(config: Path) -> None:
    role = ("--role", "administrator")
    from_stdin = ("--password-file", "-")
    assert "administrator" in typed(config, "add", "Root", *role, *from_stdin, given=PASSWORD)
    assert "root" in typed(config, "list")
    with pytest.raises(Refused, match="there is a user"):
        typed(config, "add", "root", *from_stdin, given=PASSWORD)
    with pytest.raises(Refused, match="characters"):
        typed(config, "add", "anna", *from_stdin, given="short\n")
    typed(config, "add", "anna", given=PASSWORD * 2)  # asked for, twice
    assert "investigator" in typed(config, "change", "anna", "--role", "investigator")
    with pytest.raises(Refused, match="last administrator"):
        typed(config, "remove", "root")
    assert "removed" in typed(config, "remove", "anna")
    with pytest.raises(NotFound):
        typed(config, "change", "anna", "--password", given="another phrase\n" * 2)
