"""systemd accepts the unit and finds it well shut."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "edge-agent.service"


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed")
    return found


def test_systemd_accepts_the_unit(analyze: str, tmp_path: Path) -> None:
    # the program lies elsewhere until the box is installed
    program = shutil.which("true")
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={program}", UNIT.read_text("utf-8"), flags=re.MULTILINE
    )
    copy = tmp_path / UNIT.name
    copy.write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert ours == []


def test_the_unit_is_exposed_little(analyze: str) -> None:
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", UNIT],
        capture_output=True,
        text=True,
        check=False,
    )
    if "Unknown option" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_a_wrong_configuration_is_not_restarted() -> None:
    text = UNIT.read_text("utf-8")
    for line in ("Type=notify", "Restart=always", "RestartPreventExitStatus=78", "WatchdogSec=60"):
        assert f"\n{line}\n" in text
