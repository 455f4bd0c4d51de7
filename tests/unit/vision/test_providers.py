import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.vision.providers import CPU, chosen


@pytest.mark.parametrize("name", ["cpu", "CPU", "CPUExecutionProvider"])
def test_the_processor_is_always_there_and_named_once(name: str) -> None:
    assert chosen([name]) == (CPU,)
    assert chosen([]) == (CPU,)


def test_what_onnxruntime_was_built_without_is_refused_with_what_it_has() -> None:
    with pytest.raises(Unusable, match=r"no abacus, quill; it has .*cpu"):
        chosen(["quill", "cpu", "abacus"])
