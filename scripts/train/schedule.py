"""What every training shares: a device, a schedule, an average of the weights, a checkpoint."""

import copy
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn

SEED = 20261125
_WARM_SHARE = 0.02
_SAVE_EVERY_S = 60.0
_TOLD_EVERY = 200


def device() -> torch.device:
    """A GPU if there is one."""
    torch.manual_seed(SEED)
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(slots=True)
class Run:
    """One training: counts steps, sets the rate, keeps the average, saves and resumes.

    Attributes:
        network: that is trained.
        path: of the checkpoint.
        steps: all of them.
        rate: the largest learning rate.
        decay: of weights.
        keep: share of the average that stays at each step.
        seconds: stop early after so long and finish the schedule by then; None for never.
    """

    network: nn.Module
    path: Path
    steps: int
    rate: float
    decay: float = 0.02
    keep: float = 0.999
    seconds: float | None = None
    step: int = 0
    average: nn.Module = field(init=False)
    optimiser: torch.optim.Optimizer = field(init=False)
    _began: float = field(init=False)
    _saved: float = field(init=False)
    _bar: Progress = field(init=False)
    _spent: float = 0.0

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.network).eval()
        heavy = [one for one in self.network.parameters() if one.ndim > 1]
        light = [one for one in self.network.parameters() if one.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": heavy, "weight_decay": self.decay}, {"params": light, "weight_decay": 0.0}],
            lr=self.rate,
        )
        if self.path.exists():
            self._resume()
        self._began = self._saved = time.monotonic() - self._spent
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[said]}"),
        )  # fmt: skip
        self._bar.add_task(self.path.stem, total=1.0, said="")

    def _resume(self) -> None:
        stored = torch.load(self.path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(stored["network"])
        self.average.load_state_dict(stored["average"])
        self.optimiser.load_state_dict(stored["optimiser"])
        self.step, self._spent = stored["step"], stored["spent"]
        torch.manual_seed(SEED + self.step)  # or the first pictures would be drawn a second time

    @property
    def progress(self) -> float:
        """0 to 1: by steps, or by time where that is given."""
        by_steps = self.step / self.steps
        if self.seconds is None:
            return min(1.0, by_steps)
        return min(1.0, max(by_steps, (time.monotonic() - self._began) / self.seconds))

    @property
    def done(self) -> bool:
        """Whether it is over; what is over is saved."""
        if self.progress < 1.0:
            return False
        self.save()
        self._bar.stop()
        return True

    def learn(self, loss: torch.Tensor, told: dict[str, float | torch.Tensor]) -> None:
        """One step down; every now and then says what it came to."""
        done = self.progress
        rate = self.rate * min(1.0, (done + 1e-4) / _WARM_SHARE)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.step += 1
        self._follow()
        if self.step % _TOLD_EVERY == 0:
            self._tell(told)
        if time.monotonic() - self._saved > _SAVE_EVERY_S:
            self.save()

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(self.keep, (1 + self.step) / (10 + self.step))
        ours, theirs = self.average.state_dict(), self.network.state_dict()
        floats = [name for name, value in ours.items() if value.is_floating_point()]
        torch._foreach_lerp_(
            [ours[name] for name in floats], [theirs[name] for name in floats], 1 - keep
        )

    def _tell(self, told: dict[str, float | torch.Tensor]) -> None:
        said = " ".join(f"{name} {float(value):.3f}" for name, value in told.items())
        self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=self.progress, said=said)
        if not self._bar.console.is_terminal:
            elapsed = time.monotonic() - self._began
            print(
                f"{self.path.stem} {self.progress:.0%} step {self.step} {elapsed:.0f}s {said}",
                flush=True,
            )

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "spent": time.monotonic() - self._began,
        }
        part = self.path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.path)
        self._saved = time.monotonic()


def averaged(network: nn.Module, path: Path) -> nn.Module:
    """The averaged weights of a checkpoint, in the network, ready to be asked."""
    stored = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(stored["average"])
    return network.eval()
