"""Small image-text models of the real shape, that know the colours red, green and blue.

A picture's vector is its mean colour; a text's the sum of what its tokens stand for.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from edge_agent.domain.detection import Image
from edge_agent.vision.image_text_task import TokenizerFile
from edge_agent.vision.packs import PackOptions, choose
from edge_agent.vision.tokens import TextTokens
from edge_agent.vision.vision import Vision

SIDE = 32
CONTEXT = 12
IMAGE = {
    "input_size": [SIDE, SIDE],
    "colour": "rgb",
    "preprocessing": {"mean": [0, 0, 0], "std": [255, 255, 255]},
}
COLOURS = {"red": (0, 0, 1, 0), "green": (0, 1, 0, 0), "blue": (1, 0, 0, 0)}
"""What a word adds to a text's vector: blue, green, red, and one that pictures lack."""


def image_tower() -> bytes:
    """(1, 3, side, side) rgb to (1, 4)."""
    into_bgr = np.array([[0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["colour"]),
        helper.make_node("MatMul", ["colour", "bgr"], ["image_embeds"]),
    ]
    picture = helper.make_tensor_value_info(
        "pixel_values", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE]
    )
    return _model(nodes, [picture], "image_embeds", {"bgr": into_bgr})


def text_tower(
    meanings: Mapping[int, Sequence[float]], tokens: int, context: int, *, masked: bool, kind: str
) -> bytes:
    """(1, context) tokens, and their mask where it is `masked`, to (1, 4).

    Args:
        meanings: what a token adds.
        tokens: in the vocabulary.
        context: of one text.
        masked: whether it takes a mask and types, as BERT does.
        kind: of its integers, `INT32` or `INT64`.
    """
    table = np.full((tokens, 4), (0, 0, 0, 0.01), np.float32)
    for token, meaning in meanings.items():
        table[token] = meaning
    integers = getattr(TensorProto, kind)
    names = ["input_ids", *(["attention_mask", "token_type_ids"] if masked else [])]
    inputs = [helper.make_tensor_value_info(name, integers, [1, context]) for name in names]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["words"])]
    summed = "words"
    if masked:
        nodes += [
            helper.make_node("Add", ["attention_mask", "token_type_ids"], ["both"]),
            helper.make_node("Cast", ["both"], ["mask"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),
            helper.make_node("Mul", ["words", "weights"], ["counted"]),
        ]
        summed = "counted"
    nodes.append(helper.make_node("ReduceSum", [summed, "along"], ["text_embeds"], keepdims=0))
    constants: dict[str, Any] = {"table": table, "along": np.array([1])}
    if masked:
        constants["last"] = np.array([-1])
    return _model(nodes, inputs, "text_embeds", constants)


def _model(nodes: Sequence[Any], inputs: Sequence[Any], output: str, constants: Any) -> bytes:
    answer = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    held = [numpy_helper.from_array(values, name) for name, values in constants.items()]
    graph = helper.make_graph(nodes, "tower", inputs, [answer], initializer=held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    return bytes(model.SerializeToString())


def pack(folder: Path, parts: Mapping[str, tuple[dict[str, Any], bytes]], **extra: Any) -> None:
    """Write a pack `towers` (`core` and this model) into `folder`, and its files beside.

    Args:
        folder: gets `manifests/` and `mirror/`.
        parts: for image, text and tokenizer what the manifest says, and the file.
        extra: more of the manifest's `image_text`.
    """
    core = Path(__file__).parents[2] / "models" / "core"
    manifest = json.loads((core / "manifest.json").read_text())
    mirror = folder / "mirror"
    shutil.copytree(core, mirror)
    told: dict[str, Any] = {"embedding_dimension": 4, **extra}
    for part, (said, data) in parts.items():
        name = f"{part}.bin"
        (mirror / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        file = {"name": part, "file": name, "sha256": digest, "bytes": len(data), "licence": "MIT"}
        told[part] = {**file, **said}
    manifest["model_id"] = "towers"
    manifest["tasks"]["image_text"] = told
    place = folder / "manifests" / "towers"
    place.mkdir(parents=True)
    (place / "manifest.json").write_text(json.dumps(manifest))


def filled(colour: Sequence[int], side: int = 0) -> Image:
    """A picture of one colour, blue green red: (40, 60, 3), or a square."""
    return np.full((side or 40, side or 60, 3), colour, np.uint8)


def small_clip_merges() -> bytes:
    """A file of merges in CLIP's form that makes single tokens of the colours, in gzip."""
    merges = ["r e", "re d</w>", "g re", "gre e", "gree n</w>", "b l", "bl u", "blu e</w>"]
    return gzip.compress("\n".join(["#version: 0.2", *merges, ""]).encode())


def tokens(form: str, data: bytes, **more: Any) -> TextTokens:
    """A tokenizer of that form."""
    said = {"name": "t", "file": "t.bin", "sha256": "0" * 64, "bytes": 1, "licence": "MIT"}
    return TextTokens(TokenizerFile.model_validate({**said, "form": form, **more}), data, CONTEXT)


def numbers(made: TextTokens, text: str) -> list[int]:
    """The numbers of a text, without what fills up."""
    ids, mask = made.of(text)
    assert ids.shape == mask.shape == (1, CONTEXT)
    return [int(one) for one in ids[0][: int(mask.sum())]]


def clip_form(folder: Path, merges: bytes | None = None, **extra: Any) -> None:
    """Write a pack in CLIP's form.

    Args:
        folder: as `pack` has it.
        merges: content of the tokenizer's file; None takes a small one.
        extra: as `pack` has it.
    """
    merges = merges or small_clip_merges()
    made = tokens("clip-bpe", merges)
    meanings = {numbers(made, word)[1]: value for word, value in COLOURS.items()}
    last = numbers(made, "")[-1]
    tower = text_tower(meanings, last + 1, CONTEXT, masked=False, kind="INT32")
    pack(
        folder,
        {
            "image": (IMAGE, image_tower()),
            "text": ({"context": CONTEXT}, tower),
            "tokenizer": ({"form": "clip-bpe"}, merges),
        },
        **{"prompt": "a photo of {}", **extra},
    )


def loaded(folder: Path) -> Vision:
    """The pack that was written there."""
    options = PackOptions(
        folder=folder / "installed",
        pack="towers",
        manifests=folder / "manifests",
        mirror=folder / "mirror",
        download=False,
    )
    return Vision.load(choose(options))
