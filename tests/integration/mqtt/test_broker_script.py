import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import Peer, free_port, mosquitto_program

pytestmark = pytest.mark.broker

SCRIPT = Path(__file__).parents[3] / "scripts" / "broker"


class Started:
    """What a client of the script's broker needs to know."""

    def __init__(self, how: dict[str, str]) -> None:
        self.host = how["host"]
        self.port = int(how["port"])
        self.username = how["username"]
        self.password = how["password"]


async def test_starts_lets_its_user_in_and_leaves_nothing(tmp_path: Path) -> None:
    if mosquitto_program() is None:
        pytest.skip("mosquitto is not installed")
    how = tmp_path / "how.json"
    command = [sys.executable, str(SCRIPT), "--port", str(free_port()), "--json", str(how)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        assert "listening on" in process.stdout.readline()
        started = Started(json.loads(how.read_text()))
        async with Peer(started) as peer:
            await peer.subscribe("t")
            await peer.publish("t", b"hello")
            assert (await peer.get()).payload == b"hello"
        taken = subprocess.run(  # noqa: ASYNC221
            [sys.executable, str(SCRIPT), "--port", str(started.port)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert taken.returncode == 1
        assert "is taken" in taken.stderr
        process.terminate()
        assert process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        async with Peer(started):
            pass
