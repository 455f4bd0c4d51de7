"""Does a network answer as it must? The check of networks that were converted.

What it must answer was measured once with the inference library the network was published for, and
stands in the manifest. The picture it is asked about is noise that is the same on every machine.
"""

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Unusable
from edge_agent.vision.sessions import run_once
from edge_agent.vision.sources import KnownAnswer, KnownOutput

_FACTOR = np.uint32(
    2654435761
)  # Knuth, The Art of Computer Programming 3, 6.4: multiplicative hash


def noise(shape: tuple[int, ...], seed: int) -> Floats:
    """A picture of noise: whole numbers from 0 to 255.

    With F = 2654435761, value i (the last axis counted first) is the highest byte of h(i) * F,
    where h(i) = x ^ (x >> 16) and x = (i + seed) * F, all modulo 2**32. Unlike the generators of
    numpy this never changes.

    Args:
        shape: of the picture.
        seed: 0 to 2**32 - 1.

    Returns:
        float32 of that shape.
    """
    values = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32(seed)
    values *= _FACTOR
    values ^= values >> np.uint32(16)
    values *= _FACTOR
    return (values >> np.uint32(24)).astype(np.float32).reshape(shape)


def check_answer(weights: bytes, shape: tuple[int, ...], wanted: KnownAnswer) -> None:
    """Ask a network and compare.

    Args:
        weights: content of an ONNX file.
        shape: of its input.
        wanted: what it must answer.

    Raises:
        Unusable: it cannot be run, or answers otherwise; says by how much.
    """
    outputs = run_once(weights, noise(shape, wanted.seed))
    if len(outputs) != len(wanted.outputs):
        raise Unusable(f"it has {len(outputs)} outputs, not {len(wanted.outputs)}")
    for at, (output, known) in enumerate(zip(outputs, wanted.outputs, strict=True)):
        if output.shape != known.shape:
            raise Unusable(f"output {at} has the shape {output.shape}, not {known.shape}")
        apart = _apart(output, known)
        if not apart <= wanted.tolerance:
            raise Unusable(
                f"output {at} is {apart:.2g} of its largest value away from what it must be, "
                f"{wanted.tolerance:g} is allowed"
            )


def _apart(output: Floats, known: KnownOutput) -> float:
    wanted = np.array(known.values, np.float32).reshape(known.shape)
    return float(np.abs(output - wanted).max() / max(np.abs(wanted).max(), 1e-12))
