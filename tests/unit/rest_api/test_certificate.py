"""Certificates: made, kept, renewed, and taken from files that somebody else renews."""

import datetime as dt
import logging
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.domain.errors import Unusable
from edge_agent.rest_api.certificate import ServerCertificate
from edge_agent.rest_api.options import CertificateOptions
from edge_agent.rest_api.own_certificate import LASTS, RENEWED_BEFORE, own_files
from tests.support.certificates import write_own_certificate
from tests.support.clocks import SetClock

NAMES = {"box-1", "127.0.0.1"}
NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000
RENEWED_AFTER_DAYS = (LASTS - RENEWED_BEFORE).days


class Kept:
    """A certificate of the box's own making, the clock it looks at and the names it has."""

    def __init__(self, folder: Path, *, at_ms: int = NOW_MS, more: tuple[str, ...] = ()) -> None:
        self.clock = SetClock(at_ms)
        self.names = set(NAMES)
        self.file, self.key_file = own_files(folder)
        options = CertificateOptions(folder=folder, names=more)
        self.certificate = ServerCertificate(options, "box-1", lambda: self.names, self.clock)

    def after(self, days: float) -> str:
        """The fingerprint once so much time has passed."""
        self.clock.pass_by(days * 86_400)
        self.certificate.look()
        return self.certificate.info.sha256


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def public_key(file: Path) -> bytes:
    return read(file).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip


def test_what_it_makes(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "tls", more=("till.example", "192.168.1.20"))
    made = read(kept.file)
    assert {file.stat().st_mode & 0o777 for file in (kept.file, kept.key_file)} == {0o600}
    assert set(kept.certificate.info.names) == {*NAMES, "till.example", "192.168.1.20"}
    key = made.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    made.verify_directly_issued_by(made)
    shown = kept.certificate.info.sha256
    assert shown.count(":") == 31
    assert kept.certificate.vouched is False


def test_a_restart_keeps_it(tmp_path: Path) -> None:
    first = Kept(tmp_path).certificate.info
    assert Kept(tmp_path, at_ms=NOW_MS + 30 * DAY_MS).certificate.info == first


def test_it_is_renewed_before_it_ends_and_its_key_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    first, key = kept.certificate.info, public_key(kept.file)
    context = kept.certificate.context()
    assert kept.after(RENEWED_AFTER_DAYS - 2) == first.sha256
    assert kept.certificate.context() is context
    assert kept.after(2) != first.sha256
    assert kept.certificate.context() is not context
    assert kept.certificate.info.ends > first.ends
    assert public_key(kept.file) == key


@pytest.mark.parametrize("days", [-20_000, 3000])
def test_a_clock_that_was_wrong_at_first_is_made_good(tmp_path: Path, days: int) -> None:
    kept = Kept(tmp_path, at_ms=NOW_MS + days * DAY_MS)
    kept.after(-days)
    now = dt.datetime.fromtimestamp(NOW_MS / 1000, dt.UTC)
    assert read(kept.file).not_valid_before_utc < now < kept.certificate.info.ends
    assert kept.certificate.info.ends < now + LASTS


def test_a_new_name_comes_in_and_an_old_one_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    before = kept.certificate.info.sha256
    kept.names.add("10.0.0.7")
    after = kept.after(0)
    assert after != before
    assert kept.certificate.knows("10.0.0.7")
    kept.names.remove("10.0.0.7")
    assert kept.after(0) == after


def test_names_do_not_grow_without_end(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    for number in range(80):
        kept.names = {*NAMES, f"10.0.0.{number}"}
        kept.after(0)
    assert set(kept.certificate.info.names) > NAMES
    assert len(kept.certificate.info.names) <= 64


@pytest.mark.parametrize("which", ["certificate.pem", "key.pem"])
@pytest.mark.parametrize("content", [None, b"", b"no PEM"])
def test_a_damaged_file_is_replaced(tmp_path: Path, which: str, content: bytes | None) -> None:
    before = Kept(tmp_path).certificate.info
    (tmp_path / which).unlink()
    if content is not None:
        (tmp_path / which).write_bytes(content)
        (tmp_path / which).chmod(0o600)
    after = Kept(tmp_path).certificate.info
    assert after.sha256 != before.sha256
    assert after.names == before.names


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.key_file.chmod(0o644)
    with pytest.raises(Unusable, match="chmod 600"):
        Kept(tmp_path)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "tls").touch()
    with pytest.raises(Unusable, match="cannot be kept in"):
        Kept(tmp_path / "tls")


def test_names_that_cannot_be_asked_for_change_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    context = kept.certificate.context()

    def short_of_files() -> set[str]:
        raise OSError(24, "Too many open files")

    kept.certificate._box_names = short_of_files
    kept.certificate.look()
    assert "Too many open files" in kept.certificate.problem
    assert kept.certificate.context() is context


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A file with certificate and key of `localhost`, as somebody configures it."""
    pair = tmp_path / "given.pem"
    write_own_certificate(pair)
    return pair


def given(pair: Path, folder: Path) -> ServerCertificate:
    options = CertificateOptions(folder=folder / "tls", certificate_file=pair, key_file=pair)
    return ServerCertificate(options, "box-1", lambda: NAMES, SetClock(NOW_MS))


def test_a_configured_one_is_used_and_none_is_made(tmp_path: Path, pair: Path) -> None:
    certificate = given(pair, tmp_path)
    assert certificate.configured
    assert certificate.vouched is False  # nobody but itself stands for it
    assert not (tmp_path / "tls").exists()


def test_a_changed_file_comes_into_force(tmp_path: Path, pair: Path) -> None:
    certificate = given(pair, tmp_path)
    context, before = certificate.context(), certificate.info.sha256
    certificate.look()
    assert certificate.context() is context
    write_own_certificate(pair)
    certificate.look()
    assert certificate.context() is not context
    assert certificate.info.sha256 != before


def test_a_file_that_is_half_written_changes_nothing(
    tmp_path: Path, pair: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = given(pair, tmp_path)
    context, whole = certificate.context(), pair.read_bytes()
    for broken in (whole[:300], b""):
        pair.write_bytes(broken)
        certificate.look()
        assert certificate.context() is context
    pair.unlink()
    certificate.look()
    assert certificate.context() is context
    assert "the certificate before stays in force" in caplog.text
    assert certificate.problem in caplog.text
    write_own_certificate(pair)
    certificate.look()
    assert certificate.context() is not context
    assert certificate.problem == ""


def test_the_end_of_a_configured_one_is_told_once(
    tmp_path: Path, pair: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = CertificateOptions(folder=tmp_path, certificate_file=pair, key_file=pair)
    three_days_before = read(pair).not_valid_after_utc - dt.timedelta(days=3)
    clock = SetClock(round(three_days_before.timestamp() * 1000))
    certificate = ServerCertificate(options, "box-1", lambda: NAMES, clock)
    for _ in range(3):
        certificate.look()
    clock.pass_by(1_000_000)
    certificate.look()
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert [line.partition(" on ")[0] for line in told] == [
        "http.tls.certificate_file ends",
        "http.tls.certificate_file has ended",
    ]


def test_a_key_with_a_password_is_refused_without_asking(tmp_path: Path, pair: Path) -> None:
    key = serialization.load_pem_private_key(pair.read_bytes(), password=None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    options = CertificateOptions(folder=tmp_path, certificate_file=pair, key_file=locked)
    with pytest.raises(Unusable, match="no password"):
        ServerCertificate(options, "box-1", lambda: NAMES, SetClock(NOW_MS))


def test_a_key_of_another_certificate_is_refused(tmp_path: Path, pair: Path) -> None:
    other = tmp_path / "other.pem"
    write_own_certificate(other)
    options = CertificateOptions(folder=tmp_path, certificate_file=pair, key_file=other)
    with pytest.raises(Unusable, match="belong together"):
        ServerCertificate(options, "box-1", lambda: NAMES, SetClock(NOW_MS))


def test_old_protocols_are_not_spoken(tmp_path: Path) -> None:
    assert Kept(tmp_path).certificate.context().minimum_version is ssl.TLSVersion.TLSv1_2
