"""Packages in the form of InsightFace's version 2, put together from weights that are at hand.

The library prescribes what a body network takes and answers; the open ones take and answer
otherwise, so each is wrapped in a few operators.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

_STRIDES = (8, 16, 32)


def cheetah(folder: Path, mirror: Path) -> Path:
    """A package with all four models, named as its folder."""
    folder.mkdir(parents=True)
    faces = (mirror / "face_scrfd_500m_kps_640.onnx").read_bytes()
    vectors = (mirror / "facerec_mobilefacenet_foamliu.onnx").read_bytes()
    (folder / "det.onnx").write_bytes(faces)
    (folder / "rec.onnx").write_bytes(vectors)
    onnx.save(_person_detector(mirror / "person_light_192.onnx"), folder / "person.onnx")
    onnx.save(_person_embedder(mirror / "reid_omz_0248.onnx"), folder / "reid.onnx")
    plain = {"mean": 0, "std": 1, "scale": 1}
    tasks: dict[str, dict[str, Any]] = {
        "detection": {"file": "det.onnx"},
        "recognition": {
            "file": "rec.onnx",
            "preprocessing": {"mean": 114.5, "std": 57.4},
            "embedding_dimension": 128,
        },
        "person_detection": {
            "file": "person.onnx",
            "input_size": [192, 192],
            "preprocessing": plain,
        },
        "person_reid": {"file": "reid.onnx", "input_size": [256, 128], "preprocessing": plain},
    }
    for task in tasks.values():
        task["sha256"] = hashlib.sha256((folder / task["file"]).read_bytes()).hexdigest()
    document = {
        "manifest_version": 2,
        "model_id": folder.name,
        "display_name": "Put together for tests",
        "license": "MODEL.LICENSE",
        "tasks": tasks,
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    (folder / "MODEL.LICENSE").write_text("for tests\n")
    return folder


def buffalo(folder: Path, mirror: Path) -> Path:
    """An older package, `buffalo_s`: two files with well-known names, no manifest."""
    folder.mkdir(parents=True)
    faces = (mirror / "face_scrfd_500m_kps_640.onnx").read_bytes()
    (folder / "det_500m.onnx").write_bytes(faces)
    vectors = onnx.load(mirror / "facerec_mobilefacenet_foamliu.onnx")
    (output,) = vectors.graph.output
    wide = [helper.make_node("Concat", [output.name] * 4, ["wide"], axis=1)]
    vectors.graph.node.extend(wide)
    del vectors.graph.output[:]
    vectors.graph.output.append(helper.make_tensor_value_info("wide", TensorProto.FLOAT, [1, 512]))
    onnx.save(vectors, folder / "w600k_mbf.onnx")
    return folder


def _swapped(source: str, target: str) -> list[onnx.NodeProto]:
    """Red green blue to blue green red."""
    order = numpy_helper.from_array(np.array([2, 1, 0], np.int64), f"{target} order")
    return [
        helper.make_node("Constant", [], [f"{target} order"], value=order),
        helper.make_node("Gather", [source, f"{target} order"], [target], axis=1),
    ]


def _wrapped(
    inner: onnx.ModelProto,
    before: list[onnx.NodeProto],
    after: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
) -> onnx.ModelProto:
    inner = compose.add_prefix(inner, "inner/")
    graph = helper.make_graph(
        [*before, *inner.graph.node, *after],
        "wrapped",
        inputs,
        outputs,
        list(inner.graph.initializer),
    )
    model = helper.make_model(graph, opset_imports=list(inner.opset_import))
    model.ir_version = inner.ir_version
    onnx.checker.check_model(model)
    return model


def _value(name: str, shape: list[int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _constants(values: dict[str, Any]) -> list[onnx.NodeProto]:
    return [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))
        for name, value in values.items()
    ]


def _person_detector(path: Path) -> onnx.ModelProto:
    """YOLOX's outputs decoded to corners in the picture and one score per box."""
    inner = onnx.load(path)
    size = inner.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    cells = [np.mgrid[: size // step, : size // step][::-1].reshape(2, -1).T for step in _STRIDES]
    steps = [np.full((len(cell), 1), step) for cell, step in zip(cells, _STRIDES, strict=True)]
    grid, step = np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)
    parts = {"shift": [0, 1], "log": [2, 3], "seen": [4], "class": [5]}
    answer = f"inner/{inner.graph.output[0].name}"
    before = [
        *_swapped("image", "swapped"),
        helper.make_node("Identity", ["swapped"], [f"inner/{inner.graph.input[0].name}"]),
    ]
    after = [
        *_constants({
            "grid": grid[None], "step": step[None], "half": np.array(0.5, np.float32),
            "flip": np.array([1, 0], np.int64),
            **{f"{name} at": np.array(at, np.int64) for name, at in parts.items()},
        }),
        *(helper.make_node("Gather", [answer, f"{name} at"], [name], axis=2) for name in parts),
        helper.make_node("Add", ["shift", "grid"], ["cell"]),
        helper.make_node("Mul", ["cell", "step"], ["centre"]),
        helper.make_node("Exp", ["log"], ["sides"]),
        helper.make_node("Mul", ["sides", "step"], ["wide"]),
        helper.make_node("Mul", ["wide", "half"], ["reach"]),
        helper.make_node("Sub", ["centre", "reach"], ["low"]),
        helper.make_node("Add", ["centre", "reach"], ["high"]),
        helper.make_node("Gather", ["scale_factor", "flip"], ["xy"], axis=1),
        helper.make_node("Concat", ["xy", "xy"], ["xyxy"], axis=1),
        helper.make_node("Concat", ["low", "high"], ["corners"], axis=2),
        helper.make_node("Div", ["corners", "xyxy"], ["nms_pre_boxes"]),
        helper.make_node("Mul", ["seen", "class"], ["score"]),
        helper.make_node("Transpose", ["score"], ["nms_pre_scores"], perm=[0, 2, 1]),
    ]  # fmt: skip
    return _wrapped(
        inner,
        before,
        after,
        [_value("image", [1, 3, size, size]), _value("scale_factor", [1, 2])],
        [_value("nms_pre_boxes", [1, len(grid), 4]), _value("nms_pre_scores", [1, 1, len(grid)])],
    )


def _person_embedder(path: Path) -> onnx.ModelProto:
    """The network of the `open` pack, fed with channels first and red first."""
    inner = onnx.load(path)
    before = [
        *_swapped("data", "swapped"),
        helper.make_node(
            "Transpose", ["swapped"], [f"inner/{inner.graph.input[0].name}"], perm=[0, 2, 3, 1]
        ),
    ]
    after = [
        helper.make_node("Identity", [f"inner/{inner.graph.output[0].name}"], ["reid_embedding"])
    ]
    inputs, outputs = [_value("data", [1, 3, 256, 128])], [_value("reid_embedding", [1, 256])]
    return _wrapped(inner, before, after, inputs, outputs)
