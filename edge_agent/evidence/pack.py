"""The zip of an export, written while it is sent: it needs neither room on the disk nor memory.

Nothing is compressed: pictures and clips are already. The manifest comes last, when the sha256 of
everything before it is known.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from edge_agent.evidence.plan import Plan
from edge_agent.evidence.signing import ExportKey

MANIFEST, SIGNATURE, KEY, GUIDE = "manifest.json", "manifest.sig", "public-key.pem", "README.txt"

_PIECE = 256 * 1024
_WHEN = (1980, 1, 1, 0, 0, 0)

_TEXT = """\
Every file is named in manifest.json with its sha256. manifest.sig is the box's Ed25519 signature
of manifest.json. To check it with the box's software:

    edge-agent export verify THIS.zip --key KEY-OF-THE-BOX.pem

or, in a folder with the content of the zip, with OpenSSL 3 alone:

    openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig
    sha256sum pictures/* clips/*

public-key.pem travels with the files: compare it with the key that the box's owner gives you
(edge-agent export key), or the signature proves only that nothing was changed by accident.

manifest.json 列出每个文件及其 sha256；manifest.sig 是设备对 manifest.json 的 Ed25519 签名。
请将 public-key.pem 与设备所有者提供的公钥（edge-agent export key）进行比对。
"""  # noqa: RUF001, E501 - Chinese, and a command


class _Sink:
    """A file that zipfile writes to, which is emptied as it fills; it cannot be sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def packed(plan: Plan, key: ExportKey) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece; blocks, so give it a thread.

    Raises:
        OSError: a file has gone meanwhile; then the zip ends without its directory, and nothing
            takes it for a whole one.
    """
    sink = _Sink()
    digests: dict[str, tuple[str, int]] = {}
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload] # it needs no more
        for name, path in plan.files():
            yield from _file(archive, sink, name, path, digests)
        manifest = plan.manifest(digests)
        signature = key.sign(manifest)
        last = {
            MANIFEST: manifest,
            SIGNATURE: signature,
            KEY: key.public_pem,
            GUIDE: _TEXT.encode(),
        }
        for name, content in last.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content)
            yield sink.taken()
    yield sink.taken()


def _file(
    archive: zipfile.ZipFile,
    sink: _Sink,
    name: str,
    path: Path,
    digests: dict[str, tuple[str, int]],
) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    with (
        path.open("rb") as source,
        archive.open(zipfile.ZipInfo(name, _WHEN), "w", force_zip64=True) as target,
    ):
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
            yield sink.taken()
    digests[name] = (digest.hexdigest(), size)
