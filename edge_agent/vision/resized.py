"""A detector's graph for another size of input.

A network of convolutions takes any size that its strides divide; files only name the one that
they were exported for.
"""

import onnx


def with_input_size(weights: bytes, size: tuple[int, int]) -> bytes:
    """Let the first input of an ONNX file be of another size.

    Whether the graph works so is seen when it runs: an exporter may have baked the size in.

    Args:
        weights: content of the file, whose first input is (1, channels, height, width).
        size: (height, width) of the input, pixels.

    Returns:
        Content of an ONNX file; the shapes of its outputs are left open.
    """
    model = onnx.load_model_from_string(weights)
    sides = model.graph.input[0].type.tensor_type.shape.dim[-2:]
    for side, pixels in zip(sides, size, strict=True):
        side.dim_value = pixels
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    return bytes(model.SerializeToString())
