"""Check an export: nothing of it was changed, taken out or put in, and whose it is."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.evidence.pack import GUIDE, KEY, MANIFEST, SIGNATURE
from edge_agent.evidence.plan import FORMAT
from edge_agent.evidence.signing import fingerprint, public_key, signed_by

_PIECE = 1 << 20
_LARGEST_MANIFEST = 256 << 20
_OWN = frozenset((MANIFEST, SIGNATURE, KEY, GUIDE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of checking an export.

    Attributes:
        problems: what is wrong; nothing where it is whole.
        fingerprint: sha256 of the public key that it was checked with.
        vouched: it was checked with a key that did not come with it.
        files: how many there are.
        head: the manifest's own word on what it is.
    """

    problems: tuple[str, ...]
    fingerprint: str
    vouched: bool
    files: int
    head: Mapping[str, Any]


def check_export(file: Path, key_pem: bytes | None = None) -> Verdict:
    """Check a zip.

    Args:
        file: the zip.
        key_pem: the key of the box, PEM; None takes the one that came with the zip.

    Raises:
        Refused: it is no export at all.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _checked(archive, key_pem)
    except (OSError, zipfile.BadZipFile, KeyError, NotImplementedError) as error:
        raise Refused(f"{file} is no export: {error}") from error


def _checked(archive: zipfile.ZipFile, key_pem: bytes | None) -> Verdict:
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise Refused("its manifest is too large")
    manifest = archive.read(MANIFEST)
    key = public_key(key_pem if key_pem is not None else archive.read(KEY))
    problems = []
    if not signed_by(key, archive.read(SIGNATURE), manifest):
        problems.append("the signature of manifest.json is not of this key")
    told = _read(manifest)
    files = told["files"]
    problems += _differences(archive, files)
    head = {name: value for name, value in told.items() if not isinstance(value, list)}
    head.pop("files")
    return Verdict(
        problems=tuple(problems),
        fingerprint=fingerprint(key),
        vouched=key_pem is not None,
        files=len(files),
        head=head,
    )


def _read(manifest: bytes) -> dict[str, Any]:
    try:
        told = json.loads(manifest)
    except ValueError as error:
        raise Refused(f"its manifest is no JSON: {error}") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refused(f"its manifest is not of the format {FORMAT!r}")
    if not isinstance(told.get("files"), dict):
        raise Refused("its manifest names no files")
    return told


def _differences(archive: zipfile.ZipFile, files: Mapping[str, Any]) -> list[str]:
    names = archive.namelist()
    there = set(names) - _OWN
    found = [f"{name} is there twice" for name in sorted(there) if names.count(name) > 1]
    found += [f"{name} is missing" for name in sorted(files.keys() - there)]
    found += [f"{name} is not in the manifest" for name in sorted(there - files.keys())]
    for name in sorted(there & files.keys()):
        if _digest(archive, name) != files[name].get("sha256"):
            found.append(f"{name} was changed")
    return found


def _digest(archive: zipfile.ZipFile, name: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except zipfile.BadZipFile:  # its own checksum does not fit
        return None
    return digest.hexdigest()
