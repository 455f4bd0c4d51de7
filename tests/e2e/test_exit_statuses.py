"""What the command says and with which status it ends, when its surroundings are wrong."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.e2e

COMMAND = [sys.executable, "-m", "edge_agent"]
ALONE = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_AGENT_")}


def written(folder: Path, **sections: Any) -> str:
    """A configuration that needs nothing of the world, with these sections instead of its own."""
    plain = {
        "paths": {"state": str(folder / "state")},
        "vision": {"pack": "core"},
        "mqtt": {"enabled": False},
        "http": {"port": 0},
    }
    path = folder / "edge-agent.yaml"
    path.write_text(yaml.safe_dump({**plain, **sections}))
    return str(path)


def ended(*words: str) -> tuple[int, str]:
    """The exit status of the command, and its last line."""
    done = subprocess.run(
        [*COMMAND, *words], env=ALONE, capture_output=True, text=True, check=False, timeout=50
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done.returncode, (done.stderr or done.stdout).splitlines()[-1]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_no_such_option() -> None:
    assert ended("run", "--confg", "x")[0] == 2


def test_no_configuration(tmp_path: Path) -> None:
    status, said = ended("run", "-c", str(tmp_path / "none.yaml"))
    assert status == 78
    assert said.startswith(f"edge-agent: no configuration at {tmp_path / 'none.yaml'}")


@pytest.mark.parametrize("command", ["run", "check-config"])
def test_a_misspelt_key(tmp_path: Path, command: str) -> None:
    status, said = ended(command, "-c", written(tmp_path, camera=[]))
    assert status == 78
    assert said.endswith(": camera: unknown key; did you mean cameras?")


def test_a_camera_that_is_no_file_is_found_without_starting(tmp_path: Path) -> None:
    cameras = [{"id": "door", "url": str(tmp_path / "none.mp4")}]
    status, said = ended("check-config", "-c", written(tmp_path, cameras=cameras))
    assert (status, said) == (1, f"cameras[0].url: there is no file {tmp_path / 'none.mp4'}")
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    status, said = ended("run", "-c", written(tmp_path))
    assert status == 78
    assert said.startswith("edge-agent: paths.state: ")


def test_a_secret_that_others_may_read(tmp_path: Path) -> None:
    (tmp_path / "state" / "secrets").mkdir(parents=True)
    token = tmp_path / "state" / "secrets" / "token"
    token.write_text("0123456789abcdef\n")
    token.chmod(0o644)
    status, said = ended("run", "-c", written(tmp_path))
    assert status == 78
    assert said.endswith(f"chmod 600 {token}")


@pytest.mark.parametrize(("command", "status"), [("run", 78), ("check-config", 1)])
def test_a_certificate_that_is_none(tmp_path: Path, command: str, status: int) -> None:
    pair = tmp_path / "pair.pem"
    pair.write_text("no certificate")
    tls = {"certificate_file": str(pair), "key_file": str(pair)}
    ended_with, said = ended(command, "-c", written(tmp_path, http={"port": 0, "tls": tls}))
    assert ended_with == status
    assert "http.tls: " in said
    assert said.endswith("must be PEM, belong together, and the key must have no password")


def test_a_certificate_that_is_not_made_yet(tmp_path: Path) -> None:
    status, said = ended("certificate", "-c", written(tmp_path))
    assert status == 1
    assert said.endswith("the box makes it when it first runs")
    assert not (tmp_path / "state").exists()


def test_a_port_that_is_taken_may_come_free(tmp_path: Path, taken: int) -> None:
    status, said = ended("run", "-c", written(tmp_path, http={"port": taken}))
    assert status == 69
    assert said.startswith(f"edge-agent: cannot listen on 127.0.0.1:{taken}: ")


def test_weights_that_cannot_be_had(tmp_path: Path) -> None:
    without = {"pack": "open", "download": False}
    status, said = ended("run", "-c", written(tmp_path, vision=without))
    assert status == 69
    assert "of the pack open is not installed" in said


def test_it_stops_in_good_order_and_one_at_a_time(tmp_path: Path) -> None:
    configuration = written(tmp_path)
    with subprocess.Popen(
        [*COMMAND, "run", "-c", configuration], env=ALONE, stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stderr is not None
        assert any("listening on" in line for line in first.stderr)
        status, said = ended("run", "-c", configuration)
        assert status == 78
        assert said.endswith("open; stop it first")
        first.send_signal(signal.SIGTERM)
        assert "Traceback" not in first.stderr.read()
        assert first.wait(20) == 0
