"""What a bench is given."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from edge_agent.vision.packs import PackOptions, choose
from edge_agent.vision.vision import Vision, VisionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where data and weights are, and where to show progress.

    Attributes:
        data: a folder with `footage/` and `labelled/`, if there is one.
        mirror: a folder with weight files, if there is one.
        pack: which weights.
        quick: leave out what takes long, where a bench can.
        minutes: how long a soak lasts.
        manifests: a folder of packs, where it is not the project's.
    """

    data: Path | None
    mirror: Path | None
    pack: str
    console: Console
    quick: bool = False
    minutes: float = 20.0
    manifests: Path | None = None

    def need_data(self) -> Path:
        """The data folder.

        Raises:
            SystemExit: there is none; nothing can be measured.
        """
        if self.data is None:
            raise SystemExit("set EDGE_AGENT_TESTDATA to a folder with footage/ and labelled/")
        return self.data

    def scratch(self) -> Path:
        """A folder on the disk that the box itself would use; /tmp may be memory."""
        folder = Path(__file__).parents[2] / "build"
        folder.mkdir(exist_ok=True)
        return folder

    def vision(self, options: VisionOptions | None = None, *, pack: str | None = None) -> Vision:
        """Load the pack, or another one."""
        folder = Path(tempfile.gettempdir()) / "edge-agent-bench-models"
        chosen = choose(
            PackOptions(
                folder=folder, pack=pack or self.pack, mirror=self.mirror, manifests=self.manifests
            )
        )
        return Vision.load(chosen, options)
