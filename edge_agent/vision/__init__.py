"""Finding faces and bodies in pictures and turning them into vectors.

A *pack* is a set of models that belong together: a face detector, a face embedder, a body
detector and a body embedder, described by `models/<pack>/manifest.json`. `choose` picks one and
sees to its files, `Vision` runs it, `VisionThreads` runs it off the event loop.

onnxruntime is met in `sessions` only, and every session there has one fixed input shape, bounded
threads that do not spin, and one arena for all of them with a ceiling: with shapes that vary, its
arena grows for ever.

A model that fails raises `VisionFailed`; an empty answer always means that nobody was seen.
"""

from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.fetching import Progress
from edge_agent.vision.install import install
from edge_agent.vision.manifest import Manifest
from edge_agent.vision.packs import (
    FileRow,
    InstalledPack,
    PackOptions,
    PackRow,
    choose,
    find_manifest,
    list_packs,
    verify,
)
from edge_agent.vision.threads import VisionThreads, VisionThreadsOptions
from edge_agent.vision.vision import PackInfo, Vision, VisionOptions

__all__ = [
    "FileRow",
    "InstalledPack",
    "Manifest",
    "PackInfo",
    "PackOptions",
    "PackRow",
    "Progress",
    "Vision",
    "VisionFailed",
    "VisionOptions",
    "VisionThreads",
    "VisionThreadsOptions",
    "choose",
    "find_manifest",
    "install",
    "list_packs",
    "verify",
]
