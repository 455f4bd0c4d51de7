"""What a right configuration still needs of the machine it is on."""

import os
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

from edge_agent.domain.errors import Unusable
from edge_agent.rest_api.certificate import load_certificate
from edge_agent.settings.gathered import Settings


def check_surroundings(settings: Settings) -> list[str]:
    """What is wrong around the settings, one line each; starts and writes nothing."""
    return [
        *_state_folder(settings),
        *_disk(settings),
        *_files(settings),
        *_tls(settings),
    ]


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _state_folder(settings: Settings) -> list[str]:
    problems = []
    for key, folder in (("state", settings.state), ("models", settings.packs.folder)):
        found = _existing(folder)
        if not found.is_dir():
            problems.append(f"paths.{key}: {found} is not a folder")
        elif not os.access(found, os.W_OK | os.X_OK):
            problems.append(
                f"paths.{key}: {found} cannot be written by this user; run as the daemon's user or"
                f" change the owner of {folder}"
            )
    return problems


def _disk(settings: Settings) -> list[str]:
    usage = shutil.disk_usage(_existing(settings.state))
    needed = settings.upkeep.disk.stop_recording_below.of(usage.total)
    if usage.free >= needed:
        return []
    said = (
        f"disk.stop_recording_below: {usage.free >> 20} MiB are free for {settings.state}, less"
        f" than the {needed >> 20} MiB of this mark; nothing would be recorded"
    )
    return [said]


def _files(settings: Settings) -> list[str]:
    problems = []
    mirror = settings.packs.mirror
    if mirror is not None and not mirror.is_dir():
        problems.append(f"paths.model_mirror: there is no folder {mirror}")
    for number, camera in enumerate(settings.cameras):
        for key, url in (("url", camera.source.url), ("detect_url", camera.source.detect_url)):
            parts = urlsplit(url)
            is_file = bool(url) and parts.scheme in ("", "file")
            if is_file and not Path(unquote(parts.path)).is_file():
                problems.append(f"cameras[{number}].{key}: there is no file {unquote(parts.path)}")
    return problems


def _tls(settings: Settings) -> list[str]:
    problems = []
    mqtt, https = settings.mqtt, settings.certificate
    try:
        if mqtt is not None and mqtt.tls is not None:
            mqtt.tls.context()
    except Unusable as error:
        problems.append(str(error))
    try:
        if https.certificate_file is not None and https.key_file is not None:
            load_certificate(https.certificate_file, https.key_file)
    except Unusable as error:
        problems.append(str(error))
    return problems
