"""onnxruntime, kept in bounds: the only module that knows it.

One fixed input shape per session, a given number of threads that do not spin, and one arena for
all sessions of the process that grows by what is asked for and never past a ceiling. Measured in a
bare process with the four models of the `open` pack on one thread: 108 MB resident with the shared
arena, 122 MB with an arena per session, 145 MB and a face detector half as fast without any.
"""

import functools
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Unusable
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.providers import chosen

log = logging.getLogger(__name__)

_ERRORS = (
    ort_errors.EPFail,
    ort_errors.EngineError,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)

_FATAL = 4  # lesser errors are raised as ours; onnxruntime need not print them too
_arena_lock = threading.Lock()


@functools.cache
def _bound_arena(mebibytes: int) -> None:
    # Process-wide: the first ceiling holds, a second registration would be refused.
    memory = ort.OrtMemoryInfo(
        "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
    )
    same_as_requested = 1
    ceiling = ort.OrtArenaCfg(
        {"max_mem": mebibytes << 20, "arena_extend_strategy": same_as_requested}
    )
    ort.set_default_logger_severity(_FATAL)
    ort.create_and_register_allocator(memory, ceiling)


class OnnxModel:
    """One session with one input of fixed shape; `run` may be called from several threads.

    Attributes:
        name: for messages.
        shape: of the input.
    """

    def __init__(
        self,
        name: str,
        weights: bytes,
        shape: tuple[int, ...],
        *,
        threads: int,
        memory_mib: int,
        providers: Sequence[str] = (),
    ) -> None:
        """Load the weights.

        Args:
            name: for messages.
            weights: content of the ONNX file.
            shape: of the input; must agree with the model wherever that fixes a size.
            threads: of one call; 1 runs in the caller's thread.
            memory_mib: ceiling of the arena, MiB; process-wide, the first one given holds.
            providers: what runs it, see `providers.chosen`; the processor alone where empty.

        Raises:
            Unusable: the weights are no ONNX model or take another input, or the installed
                onnxruntime lacks a provider.
        """
        self.name = name
        self.shape = shape
        try:
            options = session_options(threads=threads, memory_mib=memory_mib)
            wanted = chosen(providers)
            self._session = ort.InferenceSession(weights, options, providers=wanted)
        except _ERRORS as error:
            raise Unusable(f"model {name} cannot be loaded: {_first_line(error)}") from error
        if (runs := self._session.get_providers()[0]) != wanted[0]:
            log.warning("model %s: %s does not start here, %s runs it", name, wanted[0], runs)
        self._input = self._checked_input()
        self._warm()

    def _checked_input(self) -> str:
        inputs = self._session.get_inputs()
        declared = inputs[0].shape
        fits = len(declared) == len(self.shape) and all(
            not isinstance(size, int) or size == ours
            for size, ours in zip(declared, self.shape, strict=True)
        )
        if len(inputs) != 1 or not fits:
            raise Unusable(f"model {self.name} takes {declared}, the manifest says {self.shape}")
        return str(inputs[0].name)

    def _warm(self) -> None:
        try:
            self.run(np.zeros(self.shape, np.float32))
        except VisionFailed as error:
            raise Unusable(f"model {self.name} does not run: {error}") from error

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in the order of `run`."""
        return tuple(output.name for output in self._session.get_outputs())

    def run(self, values: Floats) -> list[Floats]:
        """Run the model once.

        Args:
            values: float32 of the session's shape.

        Raises:
            VisionFailed: onnxruntime failed, or an output is not a number.
        """
        try:
            outputs: list[Floats] = self._session.run(None, {self._input: values})
        except _ERRORS as error:
            raise VisionFailed(f"model {self.name} failed: {_first_line(error)}") from error
        if not all(_finite(output) for output in outputs):
            raise VisionFailed(f"model {self.name} answered with values that are no numbers")
        return outputs


class OnnxTextModel:
    """A session that takes the numbers of tokens; `run` may be called from several threads.

    Its inputs are known by what their names hold: `mask` is 1 where there is a token, `type` all 0,
    the one that is left takes the tokens; each int32 or int64 as the model declares it.
    """

    def __init__(
        self,
        name: str,
        weights: bytes,
        *,
        output: str | None,
        threads: int,
        memory_mib: int,
        providers: Sequence[str] = (),
    ) -> None:
        """Load the weights.

        Args:
            name: for messages.
            weights: content of the ONNX file.
            output: name of the output that is wanted; None takes the first.
            threads: of one call.
            memory_mib: ceiling of the arena, MiB; process-wide, the first one given holds.
            providers: what runs it.

        Raises:
            Unusable: it cannot be loaded, lacks the output, or takes what is no token.
        """
        self.name = name
        try:
            options = session_options(threads=threads, memory_mib=memory_mib)
            self._session = ort.InferenceSession(weights, options, providers=chosen(providers))
        except _ERRORS as error:
            raise Unusable(f"model {name} cannot be loaded: {_first_line(error)}") from error
        self._inputs = {one.name: _integers(name, one.type) for one in self._session.get_inputs()}
        outputs = [one.name for one in self._session.get_outputs()]
        if output is not None and output not in outputs:
            raise Unusable(f"model {name} has no output {output!r}; it has: {', '.join(outputs)}")
        self._output = output or outputs[0]

    def run(self, tokens: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Floats:
        """Run the model once.

        Args:
            tokens: (1, context).
            mask: (1, context), 1 where there is a token.

        Raises:
            VisionFailed: onnxruntime failed, or an output is not a number.
        """
        values = {"mask": mask, "type": np.zeros_like(tokens)}
        given = {
            name: next((v for key, v in values.items() if key in name), tokens).astype(kind)
            for name, kind in self._inputs.items()
        }
        try:
            answer: Floats = self._session.run([self._output], given)[0]
        except _ERRORS as error:
            raise VisionFailed(f"model {self.name} failed: {_first_line(error)}") from error
        if not _finite(answer):
            raise VisionFailed(f"model {self.name} answered with values that are no numbers")
        return answer


def _integers(model: str, kind: str) -> type[np.int32 | np.int64]:
    known: dict[str, type[np.int32 | np.int64]] = {
        "tensor(int64)": np.int64,
        "tensor(int32)": np.int32,
    }
    if kind not in known:
        raise Unusable(f"model {model} takes {kind}, a text tower takes int32 or int64")
    return known[kind]


def session_options(*, threads: int, memory_mib: int) -> ort.SessionOptions:
    """How every session is made: bounded threads that do not spin, the shared arena.

    Args:
        threads: of one call; 1 runs in the caller's thread.
        memory_mib: ceiling of the arena, MiB; process-wide, the first one given holds.
    """
    with _arena_lock:
        _shared_arena(memory_mib)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _FATAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    return options


def bounded_session(
    path: Path, threads: int, memory_mib: int, providers: Sequence[str]
) -> ort.InferenceSession:
    """A session for code that runs it itself; see `session_options`."""
    options = session_options(threads=threads, memory_mib=memory_mib)
    return ort.InferenceSession(str(path), options, providers=chosen(providers))


def run_once(weights: bytes, values: Floats) -> list[Floats]:
    """Load a model, run it once on one thread and forget it; the shared arena is not touched.

    Args:
        weights: content of the ONNX file.
        values: float32, its only input.

    Raises:
        Unusable: it cannot be loaded or run.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    try:
        session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        outputs: list[Floats] = session.run(None, {session.get_inputs()[0].name: values})
    except _ERRORS as error:
        raise Unusable(f"onnxruntime cannot run it: {_first_line(error)}") from error
    return outputs


def _shared_arena(mebibytes: int) -> None:
    if not _bound_arena.cache_info().currsize:
        _bound_arena(mebibytes)


def _finite(values: npt.NDArray[np.float32]) -> bool:
    # One pass instead of three: a sum is finite unless a value is not (or they overflow).
    return bool(np.isfinite(values.sum()))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
