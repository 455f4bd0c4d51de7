"""Where pictures come from: `sources.json`, facts only; nothing fetched is committed."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Pictures in a public repository.

    Attributes:
        name: here.
        repository: its address.
        commit: 40 hex digits.
        folders: that hold pictures, paths in the repository.
        licence: what is known about the rights in the pictures.
        sha256: of the sha256 of all pictures, in the order of their paths; empty where unknown.
        uses: as `scenes` for the detector or `portraits` for face vectors, how many at the most.
        people_by_folder: whether folders are named after people, who may have to be left out.
        left_out: files that show a place which an evaluation shows, too.
        turned: whether copies turned upside down are among them and have to be sorted out.
    """

    name: str
    repository: str
    commit: str
    folders: tuple[str, ...]
    licence: str
    uses: dict[str, int]
    sha256: str = ""
    turned: bool = False
    people_by_folder: bool = False
    left_out: tuple[str, ...] = ()


_LIST = Path(__file__).with_name("sources.json")


def read_sources(path: Path = _LIST) -> list[Source]:
    """Every source, in the order of the list."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        Source(**{**row, "folders": tuple(row["folders"]), "left_out": tuple(row["left_out"])})
        for row in rows
    ]
