"""What systemd hears of the daemon: ready, still alive, stopping (sd_notify(3))."""

import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

pytestmark = pytest.mark.e2e

ALONE = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_AGENT_")}
WITHIN = 30.0
"""Seconds after which a silence is given up; a hang, not a slow machine."""


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """What systemd holds: a datagram socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(WITHIN)
        yield channel


@pytest.fixture
def daemon(tmp_path: Path, manager: socket.socket) -> Iterator["subprocess.Popen[str]"]:
    """The daemon as systemd starts it, without cameras and broker."""
    configuration = tmp_path / "edge-agent.yaml"
    plain = {
        "paths": {"state": str(tmp_path / "state")},
        "vision": {"pack": "builtin"},
        "mqtt": {"enabled": False},
        "http": {"port": 0},
    }
    configuration.write_text(yaml.safe_dump(plain))
    given = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "3000000"}
    with subprocess.Popen(
        [sys.executable, "-m", "edge_agent", "run", "-c", str(configuration)],
        env={**ALONE, **given},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def heard(manager: socket.socket, line: str) -> list[str]:
    """Every line up to the one that begins like this."""
    lines: list[str] = []
    while not any(each.startswith(line) for each in lines):
        lines += manager.recv(4096).decode().splitlines()
    return lines


def _both_protocols(address: str, folder: Path) -> None:
    """REST over https with what the command line shows to trust, and over http not at all."""
    command = [sys.executable, "-m", "edge_agent", "certificate", "-c"]
    command.append(str(folder / "edge-agent.yaml"))
    shown = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=True).stdout
    pem = subprocess.run([*command, "--pem"], env=ALONE, capture_output=True, text=True, check=True)
    der = ssl.PEM_cert_to_DER_cert(pem.stdout)
    assert hashlib.sha256(der).hexdigest().upper() in shown.replace(":", "")
    trust = ssl.create_default_context(cadata=pem.stdout)
    token = (folder / "state" / "secrets" / "token").read_text().strip()
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "timeout": WITHIN}
    status = httpx.get(f"https://{address}/v1/status", verify=trust, **asked)  # type: ignore[arg-type]
    assert status.json()["box"] == "box-1"
    page = httpx.get(f"https://{address}/", verify=trust, timeout=WITHIN)
    assert page.headers["content-type"].startswith("text/html")
    assert "strict-transport-security" not in page.headers  # it would lock browsers out
    for path in ("/v1/status", "/"):
        sent_on = httpx.get(f"http://{address}{path}", **asked)  # type: ignore[arg-type]
        assert sent_on.status_code == 308
        assert sent_on.headers["location"] == f"https://{address}{path}"


def test_systemd_hears_from_the_start_to_the_end(
    tmp_path: Path, manager: socket.socket, daemon: "subprocess.Popen[str]"
) -> None:
    [told] = [line for line in heard(manager, "STATUS=") if line.startswith("STATUS=")]
    match = re.fullmatch(r"STATUS=http and https on (127\.0\.0\.1:\d+)", told)
    assert match is not None
    with urllib.request.urlopen(f"http://{match[1]}/healthz", timeout=WITHIN) as answer:
        assert answer.status == 200  # ready means ready
    _both_protocols(match[1], tmp_path)
    for _ in range(3):
        assert heard(manager, "WATCHDOG=1") == ["WATCHDOG=1"]
    daemon.send_signal(signal.SIGTERM)
    assert "STOPPING=1" in heard(manager, "STOPPING=1")
    assert daemon.wait(WITHIN) == 0
