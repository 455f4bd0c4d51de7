import dataclasses
import datetime as dt
import hashlib
import http.server
import shutil
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.vision import Manifest, PackOptions, choose, find_manifest, install
from edge_agent.vision import list_packs as rows_of_packs
from edge_agent.vision import verify as rows_of_files
from edge_agent.vision.manifest import FILE_NAME

WEIGHTS = {name: name.encode() * 50_000 for name in ("a", "b", "c", "d")}
TASKS = ("detection", "recognition", "person_detection", "person_reid")
MODELS = Path(__file__).parents[3] / "models"
OPEN = MODELS / "open" / FILE_NAME


def manifest(address: str = "https://127.0.0.1:9") -> Manifest:
    """The `open` manifest with small files instead of real weights."""
    real = Manifest.model_validate_json(OPEN.read_bytes())
    tasks: dict[str, Any] = {"person_attributes": None}
    for task, (name, data) in zip(TASKS, WEIGHTS.items(), strict=True):
        update = {
            "file": f"{name}.onnx",
            "url": f"{address}/{name}.onnx",
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "convert": None,
            "sources": (),
            "answer": None,
        }
        tasks[task] = getattr(real.tasks, task).model_copy(update=update)
    return real.model_copy(update={"tasks": real.tasks.model_copy(update=tasks)})


def filled(folder: Path, names: dict[str, str] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in WEIGHTS.items():
        (folder / (names or {}).get(name, f"{name}.onnx")).write_bytes(data)
    return folder


def written(folder: Path) -> Path:
    """A folder of manifests that holds only the small one."""
    (folder / "open").mkdir(parents=True)
    (folder / "open" / FILE_NAME).write_text(manifest().model_dump_json())
    return folder


def test_files_come_from_the_mirror_and_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    folder = install(
        manifest(),
        tmp_path / "models",
        mirror=filled(tmp_path / "mirror"),
        progress=lambda *row: told.append(row),
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.onnx", "b.onnx", "c.onnx", "d.onnx", FILE_NAME,
    ]  # fmt: skip
    assert (folder / "b.onnx").read_bytes() == WEIGHTS["b"]
    assert told[-1] == ("d.onnx", 50_000, 50_000)


def test_a_mirror_may_name_files_by_their_checksum(tmp_path: Path) -> None:
    names = {name: hashlib.sha256(data).hexdigest() for name, data in WEIGHTS.items()}
    mirror = filled(tmp_path / "mirror", names)
    folder = install(manifest(), tmp_path / "models", mirror=mirror, download=False)
    assert (folder / "d.onnx").read_bytes() == WEIGHTS["d"]


def test_a_mirror_may_keep_files_in_folders_of_its_own(tmp_path: Path) -> None:
    filled(tmp_path / "mirror", {"b": "b.other", "d": "d.other"})
    for place, name in (("faces", "b"), ("bodies", "d")):
        (tmp_path / "mirror" / place).mkdir()
        (tmp_path / "mirror" / place / f"{name}.onnx").write_bytes(WEIGHTS[name])
    folder = install(manifest(), tmp_path / "models", mirror=tmp_path / "mirror", download=False)
    assert (folder / "b.onnx").read_bytes() == WEIGHTS["b"]
    assert (folder / "d.onnx").read_bytes() == WEIGHTS["d"]


def test_what_is_installed_is_not_fetched_again(tmp_path: Path) -> None:
    install(manifest(), tmp_path / "models", mirror=filled(tmp_path / "mirror"))
    install(manifest(), tmp_path / "models", download=False)


@pytest.mark.parametrize("wrong", [b"b" * 49_999 + b"x", b"b" * 49_999, b"b" * 50_001, b""])
def test_a_file_with_another_checksum_is_refused_and_not_left_behind(
    tmp_path: Path, wrong: bytes
) -> None:
    mirror = filled(tmp_path / "mirror")
    (mirror / "b.onnx").write_bytes(wrong)
    with pytest.raises(Unusable, match=r"b\.onnx refused"):
        install(manifest(), tmp_path / "models", mirror=mirror)
    assert [path.name for path in (tmp_path / "models" / "open").iterdir()] == ["a.onnx"]


def test_a_file_that_nobody_has_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="EDGE_AGENT_MODEL_MIRROR"):
        install(manifest(), tmp_path, timeout_s=2)
    with pytest.raises(Unavailable, match=r"vision\.download is off"):
        install(manifest(), tmp_path, download=False)


def test_auto_takes_what_the_project_carries_where_nothing_can_be_fetched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pack = choose(PackOptions(folder=tmp_path, download=False))
    assert pack.manifest.model_id == "core"
    assert "open cannot be used" in caplog.text
    assert "for research only" in caplog.text
    assert not (tmp_path / "core").exists(), "it is used where it lies"


def test_auto_prefers_what_is_installed_to_what_the_project_carries(tmp_path: Path) -> None:
    manifests = written(tmp_path / "manifests")
    shutil.copytree(MODELS / "core", manifests / "core")
    options = PackOptions(folder=tmp_path / "models", manifests=manifests, download=False)
    assert [(row.name, row.in_use) for row in rows_of_packs(options)] == [
        ("open", False), ("core", True),
    ]  # fmt: skip
    mirrored = dataclasses.replace(options, mirror=filled(tmp_path / "mirror"))
    assert choose(mirrored).manifest.model_id == "open"
    assert [(row.name, row.in_use) for row in rows_of_packs(options)] == [
        ("open", True), ("core", False),
    ]  # fmt: skip
    assert choose(options).manifest.model_id == "open"


def test_the_pack_before_is_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"vision\.pack: core"):
        choose(PackOptions(folder=tmp_path, pack="builtin"))


def test_auto_never_uses_a_damaged_file(tmp_path: Path) -> None:
    manifests = written(tmp_path / "manifests")
    options = PackOptions(
        folder=tmp_path / "models", manifests=manifests, mirror=filled(tmp_path / "mirror")
    )
    folder = choose(options).folder
    (folder / "c.onnx").write_bytes(b"?" * 50_000)
    assert choose(options).manifest.model_id == "open", "it is installed afresh"
    assert (folder / "c.onnx").read_bytes() == WEIGHTS["c"]


def test_rows_say_what_is_installed_and_what_is_wrong(tmp_path: Path) -> None:
    options = PackOptions(
        folder=tmp_path / "models",
        manifests=written(tmp_path / "manifests"),
        mirror=filled(tmp_path / "mirror"),
    )
    assert [(row.name, row.installed) for row in rows_of_packs(options)] == [("open", False)]
    assert {row.problem for row in rows_of_files(options, "open")} == {"is missing"}
    folder = choose(options).folder
    assert [(row.installed, row.in_use) for row in rows_of_packs(options)] == [(True, True)]
    (folder / "a.onnx").write_bytes(b"a" * 49_999 + b"b")
    problems = [row.problem for row in rows_of_files(options, "open")]
    assert str(problems[0]).startswith("has sha256")
    assert problems[1:] == [None, None, None]


def test_an_unknown_pack_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="open, core, auto"):
        find_manifest(PackOptions(folder=tmp_path), "best")


def test_a_folder_without_manifests_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=str(tmp_path)):
        rows_of_packs(PackOptions(folder=tmp_path, manifests=tmp_path))


class Answers(http.server.BaseHTTPRequestHandler):
    """Serves the weights; `/moved/…` redirects to plain http."""

    def do_GET(self) -> None:
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/a.onnx")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(WEIGHTS[self.path[-6]])

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def https_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local https server whose certificate is trusted."""
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_files_are_fetched_from_their_own_address(https_address: str, tmp_path: Path) -> None:
    folder = install(manifest(https_address), tmp_path / "models")
    assert (folder / "c.onnx").read_bytes() == WEIGHTS["c"]


def test_an_address_that_leaves_https_is_not_followed(https_address: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="not https"):
        install(manifest(f"{https_address}/moved"), tmp_path / "models")


def test_a_download_that_takes_too_long_is_given_up(https_address: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="in time"):
        install(manifest(https_address), tmp_path / "models", deadline_s=0)
    assert list((tmp_path / "models" / "open").iterdir()) == []
