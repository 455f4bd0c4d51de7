import numpy as np
import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.vision.known_answer import check_answer, noise
from edge_agent.vision.openvino_ir import convert
from edge_agent.vision.sources import KnownAnswer
from tests.support.small_network import SmallNetwork

SHAPE = (1, 2, 3, 3)
NOISE = [66, 12, 39, 182, 0, 214, 110, 10]


def network(factor: float) -> bytes:
    """Answers its picture times a factor."""
    small = SmallNetwork()
    factors = small.constant(np.full((1, 1, 1, 1), factor, np.float32))
    small.result(small.layer("Multiply", [small.parameter(SHAPE), factors], SHAPE))
    return convert("small", small.document, small.weights)


def answer(**changed: object) -> KnownAnswer:
    output = {"shape": SHAPE, "values": list(noise(SHAPE, 1).reshape(-1) * 2)}
    return KnownAnswer.model_validate(
        {"seed": 1, "tolerance": 0.001, "outputs": [{**output, **changed}]}
    )


def test_noise_never_changes() -> None:
    assert noise((1, 2, 4), 1).reshape(-1).tolist() == NOISE
    assert noise((1, 8), 2).reshape(-1)[:7].tolist() == NOISE[1:]
    assert 120 < noise((3, 100, 100), 1).mean() < 135
    assert noise((3, 100, 100), 1).max() == 255


def test_a_network_that_answers_as_it_must_passes() -> None:
    check_answer(network(2), SHAPE, answer())
    check_answer(network(2.001), SHAPE, answer())


@pytest.mark.parametrize("factor", [2.01, 1.99, -2, 0])
def test_a_network_that_answers_otherwise_is_refused(factor: float) -> None:
    with pytest.raises(Unusable, match=r"output 0 is .* away"):
        check_answer(network(factor), SHAPE, answer())


def test_an_answer_of_another_form_is_refused() -> None:
    with pytest.raises(Unusable, match="has the shape"):
        check_answer(network(2), SHAPE, answer(shape=(1, 18)))
    with pytest.raises(ValueError, match="1 values are not a shape"):
        answer(values=[1])
    twice = answer().model_copy(update={"outputs": answer().outputs * 2})
    with pytest.raises(Unusable, match="1 outputs, not 2"):
        check_answer(network(2), SHAPE, twice)


def test_what_cannot_be_run_is_refused() -> None:
    with pytest.raises(Unusable, match="cannot run it"):
        check_answer(b"no network", SHAPE, answer())
    with pytest.raises(Unusable, match="cannot run it"):
        check_answer(network(2), (1, 2, 3, 4), answer())
