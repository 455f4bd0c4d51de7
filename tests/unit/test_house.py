"""Rules about the files of this repository."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIB = 1 << 20
SKIPPED = {".git", ".venv", "var", "build"}


def _tracked() -> list[Path]:
    """Files that belong to the project: tracked by git, or new and not ignored."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("git is not installed, or this is not a checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def _texts() -> list[tuple[Path, str]]:
    texts = []
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            texts.append((path.relative_to(ROOT), content.decode("utf-8")))
    return texts


def test_no_file_is_large() -> None:
    weights = [path for path in _tracked() if path.parent == ROOT / "models" / "core"]
    large = [path for path in _tracked() if path.stat().st_size > MIB and path not in weights]
    assert large == []
    assert sum(path.stat().st_size for path in weights) < 8 * MIB


def test_no_path_of_somebodys_machine_stands_in_a_file() -> None:
    # put together here, or this file would be the first to be found
    folders = re.compile("|".join("/" + name + "/" for name in ("work", "root", "home/[a-z]+")))
    found = [
        (str(path), match[0])
        for path, text in _texts()
        for match in folders.finditer(text)
        if not text[: match.start()].endswith(tuple("abcdefghijklmnopqrstuvwxyz0123456789.*}_-"))
    ]
    assert found == []


def test_no_file_names_a_package_index() -> None:
    words = (
        "index-url",
        "find-links",
        "trusted-host",
        "files.pythonhosted",
        "pypi." + "org/simple",
    )
    found = [
        (str(path), word)
        for path, text in _texts()
        for word in words
        if word in text and path != Path("tests/unit/test_house.py")
    ]
    assert found == []


def test_every_locked_package_has_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(packages) > 20
        assert [entry for entry in packages if "--hash=sha256:" not in entry] == []


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = re.search(
        r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert version is not None
    assert version[1] == project["version"]


def _pages() -> list[Path]:
    return [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    dead = [
        link
        for link in links
        if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("name", ["scripts/setup", "scripts/test", "scripts/check", ".ci/run"])
def test_shell_scripts_parse(name: str) -> None:
    subprocess.run(["bash", "-n", ROOT / name], check=True)


def test_every_script_can_be_run() -> None:
    scripts = [
        path
        for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
        if path.is_file() and path.read_bytes().startswith(b"#!")
    ]
    assert len(scripts) >= 4
    assert [path for path in scripts if not os.access(path, os.X_OK)] == []


def test_nothing_in_the_package_prints() -> None:
    printing = re.compile(r"^\s*print\(", re.MULTILINE)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "edge_agent").rglob("*.py")
        if path.parent.name != "cli" and printing.search(path.read_text("utf-8"))
    ]
    assert found == []
