from collections.abc import Sequence

import numpy as np
import pytest

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Unusable
from edge_agent.vision.known_answer import noise
from edge_agent.vision.openvino_ir import convert
from edge_agent.vision.sessions import run_once
from tests.support.small_network import SmallNetwork

WINDOW = 'strides="2, 2" pads_begin="1, 1" pads_end="0, 0" auto_pad="explicit"'
IMAGE: Floats = (noise((1, 4, 5, 5), 7) / 64 - 2).astype(np.float32)


def answered(
    kind: str,
    constants: Sequence[np.ndarray],
    shape: Sequence[int],
    data: str = "",
    opset: str = "opset1",
) -> Floats:
    """What one layer on top of `IMAGE` answers once it is converted."""
    network = SmallNetwork()
    inputs = [network.parameter(IMAGE.shape), *(network.constant(one) for one in constants)]
    network.result(network.layer(kind, inputs, shape, data, opset))
    (output,) = run_once(convert("small", network.document, network.weights), IMAGE)
    return output


def padded(fill: float) -> Floats:
    return np.pad(IMAGE, ((0, 0), (0, 0), (1, 0), (1, 0)), constant_values=fill)


def windows(picture: Floats, size: int) -> np.ndarray:
    """(1, channels, 3, 3, size, size): every second window."""
    view = np.lib.stride_tricks.sliding_window_view(picture, (size, size), axis=(2, 3))
    return np.asarray(view[:, :, ::2, ::2])


def test_a_convolution_pads_strides_and_dilates() -> None:
    kernel = noise((3, 4, 2, 2), 1) / 255
    wanted = np.einsum("ncyxij,ocij->noyx", windows(padded(0), 2), kernel)
    got = answered("Convolution", [kernel], (1, 3, 3, 3), f'{WINDOW} dilations="1, 1"')
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)
    apart = np.zeros((3, 4, 3, 3), np.float32)
    apart[:, :, ::2, ::2] = kernel
    wide = 'strides="2, 2" pads_begin="1, 1" pads_end="0, 0" dilations="2, 2"'
    wanted = np.einsum("ncyxij,ocij->noyx", windows(padded(0), 3), apart)
    got = answered("Convolution", [kernel], wanted.shape, wide)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_a_group_convolution_keeps_its_groups_apart() -> None:
    kernel = noise((2, 3, 2, 2, 2), 1) / 255  # two groups of two channels, three outputs each
    view = windows(padded(0), 2).reshape(1, 2, 2, 3, 3, 2, 2)
    wanted = np.einsum("ngcyxij,gocij->ngoyx", view, kernel).reshape(1, 6, 3, 3)
    got = answered("GroupConvolution", [kernel], (1, 6, 3, 3), f'{WINDOW} dilations="1, 1"')
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("slope", [[0.25], [0.1, 0.2, 0.3, 0.4]])
def test_prelu_has_one_slope_or_one_per_channel(slope: list[float]) -> None:
    slopes = np.array(slope, np.float32)
    wanted = np.where(IMAGE < 0, IMAGE * slopes.reshape(-1, 1, 1), IMAGE)
    np.testing.assert_allclose(answered("PReLU", [slopes], IMAGE.shape), wanted, rtol=1e-6)


def test_slopes_in_another_arrangement_are_refused() -> None:
    with pytest.raises(Unusable, match=r"slopes of shape \(1, 4\)"):
        answered("PReLU", [np.ones((1, 4), np.float32)], IMAGE.shape)


def test_max_pooling() -> None:
    wanted = windows(padded(-np.inf), 2).max(axis=(4, 5))
    data = f'{WINDOW} kernel="2, 2" rounding_type="floor"'
    np.testing.assert_array_equal(answered("MaxPool", [], wanted.shape, data), wanted)
    newer = f'{data} dilations="1, 1" index_element_type="i64" axis="0"'
    np.testing.assert_array_equal(answered("MaxPool", [], wanted.shape, newer, "opset8"), wanted)


def test_average_pooling_counts_its_padding_or_not() -> None:
    data = f'{WINDOW} kernel="2, 2" rounding_type="floor"'
    wanted = windows(padded(0), 2).mean(axis=(4, 5))
    got = answered("AvgPool", [], wanted.shape, f'{data} exclude-pad="false"')
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    wanted = np.nanmean(windows(padded(np.nan), 2), axis=(4, 5))
    got = answered("AvgPool", [], wanted.shape, f'{data} exclude-pad="true"')
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_arithmetic_spreads_constants_over_the_picture() -> None:
    values = np.array([1, -2, 3, 4], np.float32).reshape(1, 4, 1, 1)
    for kind, wanted in (
        ("Add", IMAGE + values),
        ("Multiply", IMAGE * values),
        ("Subtract", IMAGE - values),
    ):
        got = answered(kind, [values], IMAGE.shape, 'auto_broadcast="numpy"')
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_functions_of_one_value() -> None:
    np.testing.assert_array_equal(answered("ReLU", [], IMAGE.shape), np.maximum(IMAGE, 0))
    wanted = 1 / (1 + np.exp(-IMAGE))
    np.testing.assert_allclose(answered("Sigmoid", [], IMAGE.shape), wanted, rtol=1e-5)


def test_reducing_and_joining() -> None:
    axes = np.array([2, 3], np.int64)
    got = answered("ReduceMax", [axes], (1, 4, 1, 1), 'keep_dims="true"')
    np.testing.assert_array_equal(got, IMAGE.max(axis=(2, 3), keepdims=True))
    got = answered("ReduceMax", [axes], (1, 4), 'keep_dims="false"')
    np.testing.assert_array_equal(got, IMAGE.max(axis=(2, 3)))
    other = noise((1, 2, 5, 5), 3)
    got = answered("Concat", [other], (1, 6, 5, 5), 'axis="1"')
    np.testing.assert_array_equal(got, np.concatenate([IMAGE, other], axis=1))


def halved() -> SmallNetwork:
    """Adds the same half-precision values twice; two outputs, the second layer's first."""
    network = SmallNetwork()
    image = network.parameter(IMAGE.shape)
    half = network.constant(np.array([0.5, 1, 2, 4], np.float16).reshape(1, 4, 1, 1))
    wide = network.layer("Convert", [half], (1, 4, 1, 1), 'destination_type="f32"')
    once = network.layer("Add", [image, wide], IMAGE.shape)
    twice = network.layer("Add", [once, wide], IMAGE.shape)
    network.result(twice)
    network.result(once)
    return network


def test_half_precision_stays_in_the_file_and_outputs_keep_their_order() -> None:
    network = halved()
    twice, once = run_once(convert("small", network.document, network.weights), IMAGE)
    values = np.array([0.5, 1, 2, 4], np.float32).reshape(1, 4, 1, 1)
    np.testing.assert_allclose(once, IMAGE + values, rtol=1e-6)
    np.testing.assert_allclose(twice, IMAGE + 2 * values, rtol=1e-6)


def test_the_same_sources_give_the_same_bytes_and_progress_is_told() -> None:
    network, told = halved(), list[tuple[int, int]]()
    made = convert(
        "small", network.document, network.weights, lambda done, of: told.append((done, of))
    )
    assert made == convert("small", network.document, network.weights)
    assert told[-1] == (len(network.layers), len(network.layers))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))


def test_every_operator_that_is_not_known_is_named() -> None:
    network = SmallNetwork()
    image = network.parameter(IMAGE.shape)
    swish = network.layer("Swish", [image], IMAGE.shape, opset="opset4")
    network.result(network.layer("ReLU", [swish], IMAGE.shape, opset="opset99"))
    with pytest.raises(Unusable, match=r"not known: ReLU \(opset99\), Swish \(opset4\)"):
        convert("small", network.document, b"")


@pytest.mark.parametrize(
    ("kind", "data", "named"),
    [
        ("MaxPool", 'kernel="2, 2" strides="1, 1" auto_pad="odd"', "padding 'odd'"),
        ("MaxPool", f'{WINDOW} kernel="2, 2" rounding_type="ceil"', "rounding 'ceil'"),
        ("MaxPool", f'{WINDOW} kernel="2, x"', "not whole numbers"),
        ("MaxPool", WINDOW, "no attribute kernel"),
        ("AvgPool", f'{WINDOW} kernel="2, 2" exclude-pad="maybe"', "neither true nor false"),
        ("Add", 'auto_broadcast="pdpd"', "broadcast 'pdpd'"),
        ("Convert", 'destination_type="f32"', "must be constant"),
        ("Convolution", f'{WINDOW} dilations="1, 1"', "does not fit"),
        ("Sigmoid", "", "not valid"),
    ],
)
def test_what_cannot_be_said_in_onnx_is_refused(kind: str, data: str, named: str) -> None:
    with pytest.raises(Unusable, match=named):
        answered(kind, [], (1, 4, 9, 9), data)


def test_a_layer_inside_that_has_another_shape_than_declared_is_refused() -> None:
    network = SmallNetwork()
    image = network.parameter(IMAGE.shape)
    inner = network.layer("Sigmoid", [image], (1, 4, 9, 9))
    network.result(network.layer("ReLU", [inner], IMAGE.shape))
    with pytest.raises(Unusable, match=r"1 n1 has the shape .*declared \(1, 4, 9, 9\)"):
        convert("small", network.document, b"")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("<net", "<!DOCTYPE net><net", "document type"),
        ('version="11">', 'version="9">', "version 10 or 11"),
        ("</net>", "", "not well-formed"),
        ('to-layer="3" to-port="1"', 'to-layer="3" to-port="0"', "two edges"),
        ('to-layer="3" to-port="1"', 'to-layer="3" to-port="7"', "no edge leads into port 1"),
        ('from-layer="2" from-port="9" to-layer="3"', 'from-layer="77" from-port="9" to-layer="3"',
         "there is none"),
        ('from-layer="2" from-port="9" to-layer="3"', 'from-layer="4" from-port="9" to-layer="3"',
         "in a circle"),
        ('id="4" name', 'id="3" name', "same id"),
        ('size="8"', 'size="6"', "not its shape"),
        ('offset="0"', 'offset="4"', "outside of the 8 bytes"),
        ('offset="0"', 'offset="-4"', "outside of the 8 bytes"),
        ('element_type="f16"', 'element_type="u4"', "type u4"),
        ("<dim>5</dim>", "<dim>-1</dim>", "fixed sizes"),
        ('type="Result"', 'type="Const"', "no attribute element_type"),
        ('element_type="f32" shape="1, 4, 5, 5"', 'element_type="u8" shape="1, 4, 5, 5"', "of u8"),
    ],
)  # fmt: skip
def test_a_damaged_document_is_refused(before: str, after: str, named: str) -> None:
    network = halved()
    document = network.document.decode()
    assert before in document
    with pytest.raises(Unusable, match=named):
        convert("small", document.replace(before, after, 1).encode(), network.weights)


def test_weights_that_are_no_numbers_are_refused() -> None:
    network = halved()
    with pytest.raises(Unusable, match="no numbers"):
        convert("small", network.document, b"\x00\x7c" * 4)  # infinity, four times


def test_a_document_in_another_encoding_or_too_large_is_refused() -> None:
    document = halved().document
    with pytest.raises(Unusable, match="not UTF-8"):
        convert("small", document.decode().encode("utf-16"), b"")
    with pytest.raises(Unusable, match="bytes"):
        convert("small", b" " * (1 << 26), b"")
