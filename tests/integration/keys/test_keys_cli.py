"""`edge-agent keys`, as somebody types it."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.cli import app
from edge_agent.domain.access_key import AccessKey
from edge_agent.domain.errors import NotFound, Refused, Unusable
from edge_agent.keys import KeyOptions, Keys, Sealing
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.tokens import load_or_make_token

SECRET = "a-secret-of-a-shop"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(f"paths: {{state: {tmp_path / 'state'}}}\n")
    return path


def typed(config: Path, *words: str, given: str = "") -> str:
    line = ["keys", *words, "--config", str(config)]
    result = CliRunner().invoke(app, line, input=given, catch_exceptions=False)
    if result.exit_code:
        assert result.exception is not None
        raise result.exception
    return result.stdout


async def found(state: Path, key_id: str) -> AccessKey | None:
    sealing = Sealing(load_or_make_token(state / "secrets" / "box-key"))
    async with await Store.open(state, clock=SystemClock()) as store:
        return await Keys(store, sealing, KeyOptions(), SystemClock()).find(key_id)


def test_a_key_from_its_making_to_its_end(config: Path) -> None:
    said = dict(line.split() for line in typed(config, "add", "--name", "till").splitlines())
    state = config.parent / "state"
    key = asyncio.run(found(state, said["id"]))
    assert key is not None
    assert (key.secret, key.name, key.kind) == (said["secret"], "till", "aliyun")
    shown = typed(config, "list")
    assert said["id"] in shown
    assert said["secret"] not in shown
    assert "revoked" in typed(config, "revoke", said["id"])
    assert asyncio.run(found(state, said["id"])) is None
    assert "revoked" in typed(config, "list")
    with pytest.raises(NotFound):
        typed(config, "revoke", said["id"])


def test_a_secret_comes_from_a_file_or_stdin_and_never_from_the_command_line(config: Path) -> None:
    file = config.parent / "shop-key"
    file.write_text(f"{SECRET}\n")
    words = ("add", "--kind", "top", "--role", "reader", "--secret-file")
    assert SECRET in typed(config, *words, str(file), "--id", "11112222")
    assert SECRET in typed(config, *words, "-", "--id", "33334444", given=SECRET)
    key = asyncio.run(found(config.parent / "state", "33334444"))
    assert key is not None
    assert (key.secret, key.role, key.kind) == (SECRET, "reader", "top")
    with pytest.raises(Refused, match="there is, or was"):
        typed(config, *words, str(file), "--id", "11112222")
    with pytest.raises(Unusable, match="cannot be read"):
        typed(config, *words, str(file) + "-gone")
