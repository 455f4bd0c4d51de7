"""The real parts around the box: a broker, cameras, the daemon; all gone when the stage closes."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from scripts.demonstration.asking import BrokerAddress

ROOT = Path(__file__).resolve().parents[2]
TENANT, STORE, BOX = "demo", "store-1", "box-1"


class StageError(Exception):
    """A part did not start; the message names it, its log and what to do."""


class Stage:
    """Starts each part in its own process group and stops them all, last one first.

    Attributes:
        folder: state, configuration and logs of everything; emptied at the start.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts = ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "logs").mkdir(parents=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._parts.close()

    def start(self, name: str, command: Sequence[str], **environment: str) -> None:
        """Start a part; its output goes to `logs/<name>.log`.

        It is told to end when this process ends, even if nothing here can tell it any more.
        """
        log = self._parts.enter_context((self.folder / "logs" / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self._processes[name] = process
        self._parts.callback(_stop, process)

    def wait_for(self, name: str, ready: Callable[[], bool], within: float) -> None:
        """Wait until a part is ready.

        Raises:
            StageError: it ended, or was not ready within that many seconds.
        """
        process, deadline = self._processes[name], time.monotonic() + within
        while not ready():
            if process.poll() is not None:
                raise StageError(f"{name} ended with status {process.returncode}. {self.log(name)}")
            if time.monotonic() > deadline:
                raise StageError(f"{name} was not ready within {within:g} s. {self.log(name)}")
            time.sleep(0.1)

    def pid(self, name: str) -> int:
        """The process id of a part."""
        return self._processes[name].pid

    def kill(self, name: str) -> None:
        """End a part and all its children at once, as a power cut or a crash would."""
        with suppress(ProcessLookupError):
            os.killpg(self._processes[name].pid, signal.SIGKILL)
        self._processes.pop(name).wait(5)

    def log(self, name: str) -> str:
        """The place and the last lines of a part's log, for an error message."""
        path = self.folder / "logs" / f"{name}.log"
        tail = path.read_text(errors="replace").splitlines()[-8:] if path.exists() else []
        return "\n  ".join([f"Its log is {path} and ends with:", *tail])

    def ended(self) -> str | None:
        """The name of a part that has ended although nobody stopped it."""
        return next((n for n, p in self._processes.items() if p.poll() is not None), None)


def start_broker(stage: Stage, again: BrokerAddress | None = None) -> BrokerAddress:
    """Start a real mosquitto that lets in one user only; `again` starts one where it was."""
    port = again.port if again else free_port()
    password = again.password if again else secrets.token_urlsafe(12)
    stage.start(
        "broker",
        [
            str(ROOT / "scripts" / "broker"),
            f"--port={port}",
            f"--folder={stage.folder / 'broker'}",
            "--username=demo",
        ],
        BROKER_PASSWORD=password,
    )
    stage.wait_for("broker", lambda: port_open(port), 15)
    return BrokerAddress(
        host="127.0.0.1",
        port=port,
        username="demo",
        password=password,
        root=f"edge/v1/{TENANT}/{STORE}/{BOX}",
    )


def start_cameras(stage: Stage, clips: Mapping[str, Path]) -> dict[str, str]:
    """Start a real RTSP server that loops the clips; returns their addresses by camera."""
    port = free_port()
    mounts = [f"{name}={clip}" for name, clip in clips.items()]
    stage.start("cameras", [str(ROOT / "scripts" / "camera"), f"--port={port}", *mounts])
    stage.wait_for("cameras", lambda: port_open(port), 20)
    return {name: f"rtsp://127.0.0.1:{port}/{name}" for name in clips}


def start_daemon(
    stage: Stage,
    *,
    cameras: Mapping[str, str],
    broker: BrokerAddress,
    pack: str,
    models: Path,
    port: int = 0,
    drawn: Mapping[str, Mapping[str, object]] | None = None,
    more: Mapping[str, object] | None = None,
) -> int:
    """Write a configuration and start the daemon; returns the port of its HTTP door.

    Args:
        stage: where it runs.
        cameras: addresses by camera.
        broker: its broker.
        pack: its weights.
        models: where packs are installed.
        port: of the HTTP door; 0 takes a free one.
        drawn: zones and lines by camera, as the configuration has them.
        more: sections of the configuration beside those made here.
    """
    http_port = port or free_port()
    configuration = {
        "box": {"id": BOX, "tenant": TENANT, "store": STORE},
        "paths": {"state": str(stage.folder / "state"), "models": str(models)},
        "vision": {"pack": pack},
        "cameras": [
            {"id": name, "name": name.capitalize(), "url": url, **(drawn or {}).get(name, {})}
            for name, url in cameras.items()
        ],
        # Somebody is always in view here, and only a clip that has ended can be played.
        "fragments": {"longest": "15 s"},
        "mqtt": {"host": broker.host, "port": broker.port, "username": broker.username},
        "sync": {"consumers": ["demo"]},
        "http": {"host": "127.0.0.1", "port": http_port},
        **(more or {}),
    }
    path = stage.folder / "edge-agent.yaml"
    path.write_text(yaml.safe_dump(configuration, sort_keys=False))
    stage.start(
        "edge-agent",
        [sys.executable, "-m", "edge_agent", "run", "--config", str(path)],
        EDGE_AGENT_MQTT__PASSWORD=broker.password,
    )
    stage.wait_for("edge-agent", lambda: port_open(http_port), 60)
    return http_port


def free_port() -> int:
    """A TCP port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_open(port: int) -> bool:
    """Whether somebody accepts connections on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a part to end, then end whatever of its process group is left."""
    try:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
