"""Which of onnxruntime's execution providers run the models."""

from collections.abc import Sequence

import onnxruntime as ort

from edge_agent.domain.errors import Unusable

CPU = "CPUExecutionProvider"
_SUFFIX = "ExecutionProvider"


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Onnxruntime's own names of providers, in the order in which they are asked.

    The processor stands last in any case: a provider leaves to the next one what it cannot run.

    Args:
        names: as in the configuration: `cuda`, `openvino`; the suffix and capitals are optional.

    Raises:
        Unusable: the installed onnxruntime was built without one of them.
    """
    offered = {_short(name): name for name in ort.get_available_providers()}
    unknown = sorted({name for name in names if _short(name) not in offered})
    if unknown:
        raise Unusable(
            f"vision.providers: the installed onnxruntime has no {', '.join(unknown)}; it has"
            f" {', '.join(sorted(offered))}. Choose among these, or install the onnxruntime package"
            " that is built for it"
        )
    wanted = [offered[_short(name)] for name in names]
    return tuple(dict.fromkeys([*wanted, CPU]))


def _short(name: str) -> str:
    return name.removesuffix(_SUFFIX).lower()
