"""Fingerprints: copies found, their place, false matches, a fixed camera's day, and what it costs.

Copies are made of the shared footage and of generated speech, see `copies` and `spoken`. Beside the
product stands the obvious matcher, in the manner of vPDQ: picture hashes once a second, of which
half have to be alike.
"""

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
from rich.progress import track

from edge_agent.fingerprints import (
    RATE,
    SIDE,
    Found,
    SoundLibrary,
    VideoLibrary,
    VideoPrint,
    print_of,
    question_of,
    sound_items,
    still_print,
)
from edge_agent.fingerprints.motion import BITS, Pictures
from edge_agent.media.sampled import Sampled, sample_video
from tests.benchmarks import fixed_camera
from tests.benchmarks.copies import MANNERS, Manner, Original, originals, write_copy
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting
from tests.benchmarks.spoken import RATE as SPEECH_RATE
from tests.benchmarks.spoken import speech
from tests.support.walking import walk

UNRELATED = 25
LIBRARY = 20
LARGE_HOURS = 1000
HALF = 0.5
SAME = 31
"""Bits of 256 that a picture's hash may differ in, as PDQ advises."""


@dataclass(slots=True)
class Tally:
    """What came of copies made in one manner."""

    asked: int = 0
    right: int = 0
    wrong: int = 0
    peer: int = 0
    starts: list[float] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Truth:
    """One piece of a copy: seconds."""

    key: str
    start: float
    duration: float
    other_start: float


def run(setting: Setting) -> Report:
    """Measure."""
    report = Report("fingerprint")
    footage = setting.need_data() / "footage"
    kept = originals(footage)
    with tempfile.TemporaryDirectory(dir=setting.scratch()) as folder:
        library, peers = _library(footage, kept)
        _copies(report, setting, kept, library, peers, Path(folder))
        _unrelated(report, library)
        _fixed(report, setting, footage, Path(folder))
    _sound(report)
    _cost(report, footage)
    return report


def _sampled(path: Path) -> Sampled:
    return sample_video(path, rate=RATE, side=SIDE)


def _library(footage: Path, kept: list[Original]) -> tuple[VideoLibrary, Mapping[str, np.ndarray]]:
    prints: dict[str, VideoPrint] = {}
    peers: dict[str, np.ndarray] = {}
    for original in kept:
        taken = _sampled(footage / f"{original.key}.mp4")
        prints[original.key] = print_of(taken.at, taken.pictures, taken.seconds)
        peers[original.key] = _peer(taken)
    for number in range(LIBRARY - len(kept)):
        pictures = walk(100 + number, 30)
        prints[f"made-{number}"] = print_of(np.arange(len(pictures)) / RATE, pictures, 30.0)
    return VideoLibrary(prints), peers


def _peer(taken: Sampled) -> np.ndarray:
    """Hashes of one picture a second, (n, 4) uint64."""
    seconds = np.searchsorted(taken.at, np.arange(0, taken.at[-1], 1.0))
    return np.stack([still_print(taken.pictures[one]) for one in seconds]).view(np.uint64)


def _peer_finds(asked: np.ndarray, kept: np.ndarray) -> bool:
    wrong = np.bitwise_count(asked[:, None] ^ kept[None]).sum(axis=2).min(axis=1)
    return bool((wrong <= SAME).mean() >= HALF)


def _excerpts(original: Original, seconds: float) -> list[float]:
    room = original.seconds - seconds
    if room < 0:
        return []
    if room > 60:
        return [float(one) for one in np.linspace(5, room, 5)]
    return [round(room * 0.6, 1)]


def _copies(  # noqa: PLR0917 - called once
    report: Report,
    setting: Setting,
    kept: list[Original],
    library: VideoLibrary,
    peers: Mapping[str, np.ndarray],
    folder: Path,
) -> None:
    tallies: dict[str, Tally] = defaultdict(Tally)
    ranked: list[tuple[float, bool]] = []
    path = folder / "copy.mp4"
    for name, manner in track(MANNERS.items(), "copies", console=setting.console):
        for original in kept:
            seconds = min(manner.seconds, original.seconds - 0.5)
            for start in _excerpts(original, seconds):
                write_copy(path, [(original, start, seconds)], manner)
                taken = _sampled(path)
                truth = [Truth(original.key, 0, seconds / manner.speed, start)]
                _judge(tallies[name], library, taken, truth, ranked)
                tallies[name].peer += _peer_finds(_peer(taken), peers[original.key])
    for one, other in zip(kept, kept[1:] + kept[:1], strict=True):
        length = min(6.0, one.seconds - 0.5, other.seconds - 0.5)
        write_copy(path, [(one, 0.5, length), (other, 0.5, length)], Manner())
        truth = [Truth(one.key, 0, length, 0.5), Truth(other.key, length, length, 0.5)]
        _judge(tallies["spliced from two"], library, _sampled(path), truth, ranked)
    for name, tally in tallies.items():
        report.fact(f"{name}: copies", tally.asked)
        report.fact(f"{name}: recall", tally.right / tally.asked)
        report.fact(f"{name}: precision", tally.right / max(1, tally.right + tally.wrong))
        report.fact(f"{name}: start error, median s", _median(tally.starts))
        report.fact(f"{name}: duration error, median s", _median(tally.durations))
        if name != "spliced from two":
            report.fact(f"{name}: recall of picture hashes (vPDQ style)", tally.peer / tally.asked)
    starts = [one for tally in tallies.values() for one in tally.starts]
    asked = sum(tally.asked for tally in tallies.values())
    report.target("micro average precision", _average_precision(ranked, asked), "", ">= 0.95")
    report.target("start error, median", _median(starts), "s", "<= 0.3")
    report.target("start error, p95", float(np.percentile(starts, 95)), "s", "<= 1")


def _judge(
    tally: Tally,
    library: VideoLibrary,
    taken: Sampled,
    truth: list[Truth],
    ranked: list[tuple[float, bool]],
) -> None:
    found = library.find(question_of(taken.at, taken.pictures, taken.seconds))
    left = list(truth)
    tally.asked += len(truth)
    for piece in sorted(found, key=lambda one: -one.similarity):
        match = next((one for one in left if _is(piece, one)), None)
        ranked.append((piece.similarity, match is not None))
        if match is None:
            tally.wrong += 1
            continue
        left.remove(match)
        tally.right += 1
        tally.starts.append(abs(piece.other_start - match.other_start))
        tally.durations.append(abs(piece.duration - match.duration))


def _is(piece: Found, truth: Truth) -> bool:
    """Whether it is the right video, and along the right line to a second."""
    shared = min(piece.start + piece.duration, truth.start + truth.duration) - max(
        piece.start, truth.start
    )
    offset = (piece.other_start - truth.other_start) - (piece.start - truth.start)
    return piece.key == truth.key and shared > 0 and abs(offset) <= 1.0


def _average_precision(ranked: list[tuple[float, bool]], asked: int) -> float:
    right, total = 0, 0.0
    for number, (_, good) in enumerate(sorted(ranked, key=lambda one: -one[0]), 1):
        if good:
            right += 1
            total += right / number
    return total / asked


def _unrelated(report: Report, library: VideoLibrary) -> None:
    matched = 0
    for number in range(UNRELATED):
        pictures = walk(2000 + number, 12)
        question = question_of(np.arange(len(pictures)) / RATE, pictures, 12.0)
        matched += len({piece.key for piece in library.find(question)})
    report.fact("unrelated pairs", UNRELATED * LIBRARY)
    report.target("unrelated pairs that matched", matched, "", "<= 0")


def _fixed(report: Report, setting: Setting, footage: Path, folder: Path) -> None:
    """A day of one scene: clips find their own second and no other hour."""
    count = 4 if setting.quick else 24
    longest = max(footage.glob("*.mp4"), key=_seconds)
    prints: dict[str, VideoPrint] = {}
    clips: list[tuple[str, float, Pictures]] = []
    peers: dict[str, np.ndarray] = {}
    made = fixed_camera.hours(longest, count)
    for number, (pictures, arrivals) in enumerate(
        track(made, "a day of one camera", total=count, console=setting.console)
    ):
        at = np.arange(len(pictures)) / RATE
        prints[str(number)] = print_of(at, pictures, 3600.0)
        peers[str(number)] = _peer(Sampled(at, pictures, 3600.0))
        first = arrivals[len(arrivals) // 2]
        clips.append((str(number), first / RATE, pictures[first : first + 100].copy()))
    library = VideoLibrary(prints)
    errors, others, found, peer_hours = [], 0, 0, []
    for key, start, pictures in clips:
        path = folder / "clip.mp4"
        shown = [
            np.repeat(np.asarray(cv2.resize(one, (640, 360)), np.uint8)[..., None], 3, axis=2)
            for one in pictures
        ]
        clip = Original(key, np.arange(len(shown)) / RATE, shown)
        write_copy(path, [(clip, 0, clip.seconds)], Manner(crf=30))
        taken = _sampled(path)
        pieces = library.find(question_of(taken.at, taken.pictures, taken.seconds))
        own = [one for one in pieces if one.key == key]
        others += len({one.key for one in pieces} - {key})
        found += bool(own)
        errors += [abs(one.other_start - one.start - start) for one in own[:1]]
        asked = _peer(taken)
        peer_hours.append(sum(_peer_finds(asked, kept) for kept in peers.values()))
    report.fact("fixed camera: hours", count)
    report.target("fixed camera: clips that found their hour", found / len(clips), "", ">= 1")
    report.target("fixed camera: start error, worst", max(errors, default=9.0), "s", "<= 0.5")
    report.target("fixed camera: other hours matched", others, "", "<= 0")
    report.fact("fixed camera: hours that picture hashes match", statistics.mean(peer_hours))
    _large(report, prints, clips[0][2])


def _large(report: Report, prints: Mapping[str, VideoPrint], clip: Pictures) -> None:
    """The day, over and over under other masks, as a thousand hours, taken in hour by hour.

    Times are processor time: the machine may be shared.
    """
    rng = np.random.default_rng(3)
    many = dict(prints)
    while len(many) < LARGE_HOURS:
        mask = rng.integers(0, 256, BITS // 8, np.uint8)
        for one in list(prints.values())[: LARGE_HOURS - len(many)]:
            views = tuple(
                (each ^ mask) * np.asarray(each.any(axis=1))[:, None].astype(np.uint8)
                for each in one.views
            )
            many[f"hour-{len(many)}"] = VideoPrint(views, one.seconds)
    library = VideoLibrary({})
    took = [_timed(lambda key=key, one=one: library.add(key, one)) for key, one in many.items()]
    report.fact("1000 h: adding an hour, processor s, mean", statistics.mean(took))
    report.fact("1000 h: adding an hour, processor s, worst", max(took))
    report.fact("1000 h: index, bytes per second of video", library.index.size / 3.6e6)
    gone = [_timed(lambda key=key: library.remove(key)) for key in list(many)[100:200]]
    report.fact("1000 h: removing an hour, processor s, worst", max(gone))
    minute = np.concatenate([clip] * 6)
    question = question_of(np.arange(len(minute)) / RATE, minute, 60.0)
    asked = [_timed(lambda: library.find(question)) for _ in range(3)]
    report.fact("1000 h: found in", ", ".join(sorted({one.key for one in library.find(question)})))
    report.target("60 s against 1000 h, processor time", statistics.median(asked), "s", "<= 1")
    one = next(iter(prints.values()))
    report.fact("bytes per hour, on disk", len(one.to_bytes()) / one.seconds * 3600)


def _sound(report: Report) -> None:
    spoken = {str(seed): speech(seed, 90) for seed in range(6)}
    said = {key: one for key, one in spoken.items() if one is not None}
    if not said:
        report.fact("sound", "flite is not installed")
        return
    library = SoundLibrary({key: sound_items(one.tobytes()) for key, one in said.items()})
    rng = np.random.default_rng(2)
    errors: list[float] = []
    right, wrong, asked = 0, 0, 0
    for key, samples in said.items():
        for seconds in (5, 10):
            first = int(rng.integers(0, len(samples) - seconds * SPEECH_RATE))
            piece = samples[first : first + seconds * SPEECH_RATE] * 0.5
            piece += rng.normal(0, 150, len(piece))
            found = library.find(sound_items(piece.astype(np.int16).tobytes()))
            asked += 1
            good = [one for one in found if one.key == key]
            right += bool(good)
            wrong += len(found) - len(good)
            errors += [abs(one.other_start - one.start - first / SPEECH_RATE) for one in good[:1]]
    stranger = speech(99, 90)
    wrong += len(library.find(sound_items(stranger.tobytes()))) if stranger is not None else 0
    report.fact("speech, quieter and noisy: excerpts", asked)
    report.fact("speech: recall", right / asked)
    report.fact("speech: start error, median s", _median(errors))
    report.target("speech: wrong matches", wrong, "", "<= 0")


def _cost(report: Report, footage: Path) -> None:
    """Reading and printing beside decoding alone: processor time of the same files."""
    ratios = []
    for path in sorted(footage.glob("*.mp4")):
        if _seconds(path) < 4:
            continue
        raw = min(_timed(lambda path=path: _decode(path)) for _ in range(3))
        ours = min(_timed(lambda path=path: _print(path)) for _ in range(3))
        ratios.append(ours / raw)
    report.fact("cost per file, times decoding", ", ".join(f"{one:.2f}" for one in ratios))
    report.target("cost, median", statistics.median(ratios), "x decoding", "<= 1.3")


def _print(path: Path) -> None:
    taken = _sampled(path)
    print_of(taken.at, taken.pictures, taken.seconds)


def _decode(path: Path) -> None:
    with av.open(path) as container:
        for _ in container.decode(video=0):
            pass


def _timed(work: object) -> float:
    began = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - began


def _seconds(path: Path) -> float:
    with av.open(path) as container:
        return float((container.duration or 0) / av.time_base)


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")
