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

from tests.support.certificates import write_own_certificate

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
def watchdog() -> str:
    """Seconds between signs of life, doubled; many that nobody reads would stop the daemon."""
    return "3"


@pytest.fixture
def tls() -> dict[str, str]:
    """What the configuration says of a certificate."""
    return {}


@pytest.fixture
def daemon(
    tmp_path: Path, manager: socket.socket, watchdog: str, tls: dict[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    """The daemon as systemd starts it, without cameras and broker."""
    configuration = tmp_path / "edge-agent.yaml"
    plain = {
        "paths": {"state": str(tmp_path / "state")},
        "vision": {"pack": "core"},
        "mqtt": {"enabled": False},
        "http": {"port": 0, "tls": tls},
    }
    configuration.write_text(yaml.safe_dump(plain))
    given = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": f"{watchdog}000000"}
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


def address_of(manager: socket.socket) -> str:
    """Where the daemon says that it listens, once it does."""
    [told] = [line for line in heard(manager, "STATUS=") if line.startswith("STATUS=")]
    match = re.fullmatch(r"STATUS=http and https on (127\.0\.0\.1:\d+)", told)
    assert match is not None
    return match[1]


def test_systemd_hears_from_the_start_to_the_end(
    manager: socket.socket, daemon: "subprocess.Popen[str]"
) -> None:
    address = address_of(manager)
    with urllib.request.urlopen(f"http://{address}/healthz", timeout=WITHIN) as answer:
        assert answer.status == 200  # ready means ready
    for _ in range(3):
        assert heard(manager, "WATCHDOG=1") == ["WATCHDOG=1"]
    daemon.send_signal(signal.SIGTERM)
    assert "STOPPING=1" in heard(manager, "STOPPING=1")
    assert daemon.wait(WITHIN) == 0


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize("watchdog", ["600"])
def test_one_port_speaks_http_and_https(tmp_path: Path, manager: socket.socket) -> None:
    """REST over https with what the command line shows to trust, and over http not at all."""
    address, folder = address_of(manager), tmp_path
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


class TestCertificateThatHasEnded:
    """A configured one: it is used all the same, and an operator is told."""

    @pytest.fixture
    def watchdog(self) -> str:
        return "600"

    @pytest.fixture
    def tls(self, tmp_path: Path) -> dict[str, str]:
        pair = tmp_path / "given.pem"
        write_own_certificate(pair, days=365)
        return {"certificate_file": str(pair), "key_file": str(pair)}

    @pytest.mark.usefixtures("daemon")
    def test_it_is_an_alarm(self, tmp_path: Path, manager: socket.socket) -> None:
        address = address_of(manager)
        trust = ssl.create_default_context(cafile=str(tmp_path / "given.pem"))
        trust.check_hostname = False
        with pytest.raises(httpx.ConnectError, match="expired"):
            httpx.get(f"https://{address}/healthz", verify=trust, timeout=WITHIN)
        trust.verify_mode = ssl.CERT_NONE
        token = (tmp_path / "state" / "secrets" / "token").read_text().strip()
        answer = httpx.get(
            f"https://{address}/v1/status",
            headers={"Authorization": f"Bearer {token}"},
            verify=trust,
            timeout=WITHIN,
        )
        told = "http.tls.certificate_file has ended on 2020-12-31; renew it"
        assert told in answer.json()["alarms"]
        assert not (tmp_path / "state" / "tls").exists()
