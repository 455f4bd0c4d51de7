"""Which packs there are, which of them are installed, and which one is used.

Manifests ship with the project as `models/<pack>/manifest.json`. They are looked for in
`PackOptions.manifests` if that is set, else beside the package (a checkout), else in
`share/edge-agent/models` of the Python installation (a wheel). Packages of InsightFace have none:
somebody puts them into the folder of installed packs, and they are described as they lie there.
"""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.vision.fetching import Progress
from edge_agent.vision.insightface_package import is_known, is_package, read_package
from edge_agent.vision.install import file_problem, install
from edge_agent.vision.manifest import FILE_NAME, Manifest, read_manifest
from edge_agent.vision.tasks import Weights

log = logging.getLogger(__name__)

AUTO = "auto"

_BODIES = "open"
"""Whose models find and compare bodies where a package of InsightFace has none."""


_BEFORE = "builtin"
"""What boxes without weights had before `core`; refused with what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    """Where packs come from and which one is used.

    Attributes:
        pack: name of a pack, or `auto`: the best that is installed or can be, else `core`,
            whose weights come with the project.
        folder: where packs are installed, one folder each.
        manifests: folder of manifests, one folder per pack; None takes those of the project.
        mirror: folder that may hold weight files by name or by sha256; None for no mirror.
        download: whether weight files may be fetched from the addresses in the manifest.
        connect_timeout_s: longest wait for a connection or for the next bytes of a download.
        accepted: names of licences that the owner of the box accepts, beyond free ones.
        auto_deadline_s: with `auto`, longest time for all downloads; then a lesser pack serves.
    """

    folder: Path
    pack: str = AUTO
    manifests: Path | None = None
    mirror: Path | None = None
    download: bool = True
    connect_timeout_s: float = 5.0
    accepted: frozenset[str] = frozenset()
    auto_deadline_s: float = 60.0


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack whose files have been seen to be right.

    Attributes:
        manifest: what it holds.
        folder: where its weight files are.
    """

    manifest: Manifest
    folder: Path


@dataclass(frozen=True, slots=True)
class PackRow:
    """One line of `models list`.

    Attributes:
        bytes: of all weight files together.
        installed: whether every file is in place and right.
        in_use: whether `choose` would take it without fetching anything.
    """

    name: str
    title: str
    licence: str
    bytes: int
    installed: bool
    in_use: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of `models verify`.

    Attributes:
        file: that is loaded.
        bytes: fetched for it.
        problem: what is wrong with the file; None where all is well.
    """

    pack: str
    file: str
    licence: str
    bytes: int
    problem: str | None


def manifests_folder(options: PackOptions) -> Path:
    """Where the manifests are.

    Raises:
        Unusable: there is no such folder.
    """
    beside = Path(__file__).resolve().parents[2] / "models"
    shared = Path(sys.prefix) / "share" / "edge-agent" / "models"
    places = [options.manifests] if options.manifests is not None else [beside, shared]
    for place in places:
        if any(place.glob(f"*/{FILE_NAME}")):
            return place
    looked = " or ".join(str(place) for place in places)
    raise Unusable(f"no model manifest (<pack>/{FILE_NAME}) in {looked}")


def manifests(options: PackOptions) -> list[Manifest]:
    """Every manifest, the most preferred first.

    Raises:
        Unusable: one of them is wrong, or there is none.
    """
    folder = manifests_folder(options)
    found = [read_manifest(path) for path in sorted(folder.glob(f"*/{FILE_NAME}"))]
    return sorted(found, key=lambda manifest: -manifest.preference)


def find_manifest(options: PackOptions, name: str) -> Manifest:
    """The manifest of one pack.

    Raises:
        Unusable: there is no such pack, or its manifest is wrong.
    """
    path = manifests_folder(options) / name / FILE_NAME
    if not path.is_file() and is_package(options.folder / name):
        return read_package(options.folder / name, find_manifest(options, _BODIES))
    if name == _BEFORE:
        raise Unusable(f"the pack {name!r} is gone; `core` took its place: vision.pack: core")
    if not path.is_file() and is_known(name):
        raise Unusable(
            f"model pack {name!r} is installed by hand: unpack InsightFace's {name}.zip "
            f"into {options.folder / name}"
        )
    if not path.is_file():
        known = ", ".join(manifest.model_id for manifest in manifests(options))
        raise Unusable(f"there is no model pack {name!r}; there are: {known}, {AUTO}")
    manifest = read_manifest(path)
    if manifest.model_id != name:
        raise Unusable(f"model manifest {path}: model_id is {manifest.model_id!r}, not {name!r}")
    return manifest


def list_packs(options: PackOptions) -> list[PackRow]:
    """All packs, the most preferred first; packages of InsightFace where they lie in the folder."""
    every = [*manifests(options), *_packages(options)]
    usable = [one.model_id for one in _by_readiness(options) if _installed(one, options)]
    usable += [one.model_id for one in _packages(options) if _installed(one, options)]
    chosen = options.pack if options.pack != AUTO else next(iter(usable), "")
    return [
        PackRow(
            name=one.model_id,
            title=one.display_name,
            licence=one.licence,
            bytes=sum(_bytes(task) for task in one.files),
            installed=one.model_id in usable,
            in_use=one.model_id == chosen,
        )
        for one in every
    ]


def verify(options: PackOptions, name: str) -> list[FileRow]:
    """Check every weight file of a pack by its sha256."""
    manifest = find_manifest(options, name)
    folder = _place(manifest, options)
    return [
        FileRow(
            pack=name,
            file=str(task.weights),
            licence=task.licence,
            bytes=_bytes(task),
            problem=file_problem(task, folder),
        )
        for task in manifest.files
    ]


def choose(options: PackOptions, progress: Progress | None = None) -> InstalledPack:
    """Pick the pack to use and install what it lacks. Blocks while files are fetched.

    Raises:
        Unusable: a pack was named that does not exist, whose licence is not accepted, or whose
            files are wrong at their source.
        Unavailable: a pack was named whose files cannot be had.
    """
    if options.pack != AUTO:
        return _install(find_manifest(options, options.pack), options, 300.0, progress)
    for manifest in _by_readiness(options):
        try:
            return _install(manifest, options, options.auto_deadline_s, progress)
        except (Unavailable, Unusable) as error:
            log.warning("model pack %s cannot be used: %s", manifest.model_id, error)
    raise Unusable("no model pack can be used; see the warnings above")


def _packages(options: PackOptions) -> list[Manifest]:
    ours = {manifest.model_id for manifest in manifests(options)}
    folders = sorted(options.folder.iterdir()) if options.folder.is_dir() else []
    found = []
    for name in (one.name for one in folders if one.name not in ours and is_package(one)):
        try:
            found.append(find_manifest(options, name))
        except Unusable as error:
            log.warning("%s", error)
    return found


def _bytes(task: Weights) -> int:
    return sum(source.bytes for source in task.fetched)


def _by_readiness(options: PackOptions) -> list[Manifest]:
    # An installed pack goes before a better one that is not: vectors of two packs cannot be
    # compared, so what a box has learnt must not be lost to a download that happens to succeed.
    ready = {one.model_id for one in manifests(options) if _installed(one, options)}
    # What comes with the project is always there, so it stands behind all that may be had.
    last = {one.model_id for one in manifests(options) if one.preference < 0}
    return sorted(
        manifests(options), key=lambda one: one.model_id not in ready or one.model_id in last
    )


def _place(manifest: Manifest, options: PackOptions) -> Path:
    """Where a pack's files are or belong: beside its manifest if all of them came with it."""
    carried = manifests_folder(options) / manifest.model_id
    return carried if _whole(manifest, carried) else options.folder / manifest.model_id


def _whole(manifest: Manifest, folder: Path) -> bool:
    return all(file_problem(task, folder) is None for task in manifest.files)


def _installed(manifest: Manifest, options: PackOptions) -> bool:
    return _whole(manifest, _place(manifest, options))


def _install(
    manifest: Manifest, options: PackOptions, deadline_s: float, progress: Progress | None
) -> InstalledPack:
    folder = _place(manifest, options)
    if manifest.accept is not None and manifest.accept not in options.accepted:
        raise Unusable(
            f"model pack {manifest.model_id} may be used for: {manifest.licence}; if that is what "
            f"you do, say so in the configuration: vision.accept_licence: [{manifest.accept}]"
        )
    if not _installed(manifest, options):
        folder = install(
            manifest,
            options.folder,
            beside=manifests_folder(options) / manifest.model_id,
            mirror=options.mirror,
            download=options.download,
            timeout_s=options.connect_timeout_s,
            deadline_s=deadline_s,
            progress=progress,
        )
    for note in manifest.notes:
        log.warning("model pack %s: %s", manifest.model_id, note)
    return InstalledPack(manifest, folder)
